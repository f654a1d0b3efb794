using System.Threading.Channels;
using Orrery.Resources;

namespace Orrery.Control.Loop;

/// <summary>
/// Keys that need a look. A key waits at most once, is worked on by at most one worker, and a key that is added while it is worked on
/// comes back afterwards. Holds each key once, so it is bounded by the number of objects.
/// </summary>
public sealed class WorkQueue(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Channel<ResourceKey> _ready = Channel.CreateUnbounded<ResourceKey>();
    private readonly HashSet<ResourceKey> _dirty = [];
    private readonly HashSet<ResourceKey> _working = [];
    private readonly Dictionary<ResourceKey, ITimer> _timers = [];

    public void Add(ResourceKey key)
    {
        lock (_lock)
            Add_Locked(key);
    }

    /// <summary>Adds the key when the delay has passed; an earlier look makes no difference to it, a later AddAfter replaces it.</summary>
    public void AddAfter(ResourceKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }
        lock (_lock)
        {
            if (_timers.Remove(key, out var earlier))
                earlier.Dispose();
            ITimer? timer = null;
            timer = time.CreateTimer(_ => Fire(key, timer!), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timers[key] = timer;
            timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The next key; <see cref="Done"/> must follow.</summary>
    public async Task<ResourceKey> TakeAsync(CancellationToken ct)
    {
        var key = await _ready.Reader.ReadAsync(ct);
        lock (_lock)
        {
            _dirty.Remove(key);
            _working.Add(key);
            return key;
        }
    }

    public void Done(ResourceKey key)
    {
        lock (_lock)
        {
            _working.Remove(key);
            if (_dirty.Contains(key))
                _ready.Writer.TryWrite(key);
        }
    }

    private void Fire(ResourceKey key, ITimer timer)
    {
        lock (_lock)
        {
            if (!_timers.TryGetValue(key, out var current) || !ReferenceEquals(current, timer))
                return;
            _timers.Remove(key);
            timer.Dispose();
            Add_Locked(key);
        }
    }

    private void Add_Locked(ResourceKey key)
    {
        if (_dirty.Add(key) && !_working.Contains(key))
            _ready.Writer.TryWrite(key);
    }
}
