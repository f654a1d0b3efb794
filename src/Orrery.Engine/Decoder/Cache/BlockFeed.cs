namespace Orrery.Engine.Decoder.Cache;

/// <summary>
/// What the prefix cache holds, for those who follow it on other threads. Every change has a number, 1 for the first. The latest changes are kept once
/// for all followers, who only remember a number: however many there are and however slow, nothing grows and the worker never waits for them.
/// <code>
///   worker ──Change──▶ [what is held] [ring of the latest changes] ──Since(number)──▶ followers, each at its own number
///                             └──────────Snapshot, where the ring does not reach back──────▶
/// </code>
/// </summary>
/// <param name="kept">How many changes. Default 8192: a follower may be as many pages behind before it has to start again.</param>
public sealed class BlockFeed(int kept = 8192)
{
    private readonly Lock _lock = new();
    private readonly HashSet<BlockHash> _held = [];
    private readonly BlockChange[] _ring = new BlockChange[kept];       // change n is at n modulo length
    private long _latest;
    private TaskCompletionSource? _next;                                // for the followers that wait for one

    /// <summary>All that can be found, and the number of the last change that led to it; 0: there was none yet.</summary>
    public (long Number, IReadOnlyList<BlockHash> Blocks) Snapshot()
    {
        lock (_lock)
            return (_latest, [.. _held]);
    }

    /// <summary>The changes that follow a number, in order.</summary>
    /// <param name="number">Of the last change that the caller knows.</param>
    /// <param name="most">Of them, at most.</param>
    /// <returns>Empty: there are none yet. Null: they are no longer known; begin with a <see cref="Snapshot"/>.</returns>
    public IReadOnlyList<BlockChange>? Since(long number, int most)
    {
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(number, _latest);
            long missing = _latest - number;
            if (missing > _ring.Length)
                return null;
            var changes = new BlockChange[Math.Min(missing, most)];
            for (int i = 0; i < changes.Length; i++)
                changes[i] = _ring[(number + 1 + i) % _ring.Length];
            return changes;
        }
    }

    /// <summary>Ends when there is a change after this number.</summary>
    public Task NextAsync(long number)
    {
        lock (_lock)
        {
            if (_latest > number)
                return Task.CompletedTask;
            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _next.Task;
        }
    }

    /// <summary>Told by the model, in the order in which it happens; only what is new may be stored, and only what is there be removed.</summary>
    public void Change(BlockHash hash, bool stored)
    {
        TaskCompletionSource? waited;
        lock (_lock)
        {
            if (stored)
                _held.Add(hash);
            else
                _held.Remove(hash);
            _ring[++_latest % _ring.Length] = new BlockChange(hash, stored);
            (waited, _next) = (_next, null);
        }
        waited?.SetResult();
    }
}

/// <param name="Stored">Can be found from now on; false: no longer can.</param>
public readonly record struct BlockChange(BlockHash Hash, bool Stored);
