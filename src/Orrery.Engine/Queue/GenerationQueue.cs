namespace Orrery.Engine.Queue;

/// <summary>Generations in order of arrival: one runs, up to <paramref name="bound"/> wait. A withdrawn one makes room at once.</summary>
internal sealed class GenerationQueue(int bound)
{
    private readonly object _lock = new();                              // an object, not a Lock: Take waits on it
    private readonly LinkedList<Generation> _waiting = [];
    private bool _running;
    private bool _closed;

    public bool Closed => Volatile.Read(ref _closed);

    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <exception cref="QueueFullException">As many wait as may.</exception>
    /// <exception cref="ObjectDisposedException">The model was closed.</exception>
    public void Add(Generation generation)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(LocalTextModel));
            if ((_running ? 1 : 0) + _waiting.Count > bound)
                throw new QueueFullException(bound);
            _waiting.AddLast(generation);
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Takes back one that may still wait.</summary>
    public void Withdraw(Generation generation)
    {
        lock (_lock)
            _waiting.Remove(generation);
    }

    /// <summary>Blocks until there is one to run, and counts it as running. Null when the queue was closed.</summary>
    public Generation? Take()
    {
        lock (_lock)
        {
            while (_waiting.Count == 0 && !_closed)
                Monitor.Wait(_lock);                                    // Add and Close pulse
            if (_closed)
                return null;
            var first = _waiting.First!.Value;
            _waiting.RemoveFirst();
            _running = true;
            return first;
        }
    }

    /// <summary>The one that ran is done. Called before its consumer can see the end, so that whoever saw the end finds the place free.</summary>
    public void Finished()
    {
        lock (_lock)
            _running = false;
    }

    /// <returns>Those that still waited; they will never run.</returns>
    public IReadOnlyList<Generation> Close()
    {
        lock (_lock)
        {
            IReadOnlyList<Generation> left = [.. _waiting];
            _waiting.Clear();
            _closed = true;
            Monitor.Pulse(_lock);
            return left;
        }
    }
}
