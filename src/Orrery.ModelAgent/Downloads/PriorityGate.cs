namespace Orrery.ModelAgent.Downloads;

/// <summary>Lets a fixed number in at once; the others wait, the most urgent first, and among equals whoever came first.</summary>
internal sealed class PriorityGate(int places)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskCompletionSource<bool>, (int Urgency, long Order)> _waiting = new();
    private int _free = places;
    private long _order;

    public int Free
    {
        get
        {
            lock (_lock)
                return _free;
        }
    }

    /// <param name="priority">Higher goes first.</param>
    /// <returns>A place; disposing it gives it back, twice does nothing.</returns>
    public async Task<IDisposable> EnterAsync(int priority, CancellationToken ct)
    {
        TaskCompletionSource<bool> turn;
        lock (_lock)
        {
            ct.ThrowIfCancellationRequested();
            if (_free > 0)
            {
                _free--;
                return new Place(this);
            }
            turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            // The negative of the least number is not a number.
            _waiting.Enqueue(turn, (-Math.Max(priority, -int.MaxValue), _order++));
        }
        await using (ct.UnsafeRegister(t => ((TaskCompletionSource<bool>)t!).TrySetCanceled(), turn))
            await turn.Task;
        return new Place(this);
    }

    private void Leave()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var next, out _))
            {
                if (next.TrySetResult(true))
                    return;
            }
            _free++;
        }
    }

    private sealed class Place(PriorityGate gate) : IDisposable
    {
        private PriorityGate? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Leave();
    }
}
