namespace Orrery.Engine.Queue;

/// <summary>Requests to a model in order of arrival: some run, up to <paramref name="bound"/> wait. A withdrawn one makes room at once.</summary>
/// <param name="atOnce">How many run at once.</param>
/// <param name="owner">The model, for whoever comes after its end.</param>
internal sealed class WorkQueue<T>(int bound, int atOnce, Type owner)
    where T : class
{
    private readonly object _lock = new();                              // an object, not a Lock: Take waits on it
    private readonly LinkedList<T> _waiting = [];
    private int _running;
    private long _rejected;
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

    /// <summary>At one moment.</summary>
    public QueueLoad Load
    {
        get
        {
            lock (_lock)
                return new QueueLoad(_running, _waiting.Count, _rejected);
        }
    }

    /// <exception cref="QueueFullException">As many wait as may.</exception>
    /// <exception cref="ObjectDisposedException">The model was closed.</exception>
    public void Add(T request)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            if (_running + _waiting.Count >= bound + atOnce)
            {
                _rejected++;
                throw new QueueFullException(bound);
            }
            _waiting.AddLast(request);
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Takes back one that may still wait. True: it did, and will never run.</summary>
    public bool Withdraw(T request)
    {
        lock (_lock)
            return _waiting.Remove(request);
    }

    /// <summary>The next one, counted as running. Null when the queue was closed, or holds none and <paramref name="wait"/> is false.</summary>
    public T? Take(bool wait = true)
    {
        lock (_lock)
        {
            while (wait && _waiting.Count == 0 && !_closed)
                Monitor.Wait(_lock);                                    // Add and Close pulse
            if (_closed || _waiting.Count == 0)
                return null;
            var first = _waiting.First!.Value;
            _waiting.RemoveFirst();
            _running++;
            return first;
        }
    }

    /// <summary>One that ran is done. Called before its consumer can see the end, so that whoever saw the end finds the place free.</summary>
    public void Finished()
    {
        lock (_lock)
            _running--;
    }

    /// <returns>Those that still waited; they will never run.</returns>
    public IReadOnlyList<T> Close()
    {
        lock (_lock)
        {
            IReadOnlyList<T> left = [.. _waiting];
            _waiting.Clear();
            _closed = true;
            Monitor.Pulse(_lock);
            return left;
        }
    }
}

/// <param name="Rejected">How many found the queue full so far.</param>
internal readonly record struct QueueLoad(int Running, int Waiting, long Rejected);
