using System.Runtime.CompilerServices;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>
/// The present state of every workload, and who watches it. A watcher that is slow misses states between, never the latest one,
/// and costs at most one state per workload.
/// </summary>
internal sealed class WorkloadStates
{
    private readonly Lock _lock = new();
    private readonly Dictionary<WorkloadKey, WorkloadState> _current = [];
    private readonly HashSet<Watcher> _watchers = [];

    public void Publish(WorkloadState state)
    {
        lock (_lock)
        {
            if (state.Gone)
                _current.Remove(state.Key);
            else if (_current.TryGetValue(state.Key, out var before) && IsSame(before, state))
                return;
            else
                _current[state.Key] = state;
            foreach (var watcher in _watchers)
            {
                watcher.Pending[state.Key] = state;
                watcher.Wake.TrySetResult();
            }
        }
    }

    /// <summary>Whether the replica is one of those that were published last.</summary>
    public bool Has(WorkloadKey key, string replica)
    {
        lock (_lock)
            return _current.TryGetValue(key, out var state) && state.Replicas.Any(r => r.Name == replica);
    }

    public async IAsyncEnumerable<WorkloadState> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var watcher = new Watcher();
        lock (_lock)
        {
            _watchers.Add(watcher);
            foreach (var (key, state) in _current)
                watcher.Pending[key] = state;
        }
        try
        {
            while (true)
            {
                List<WorkloadState> states;
                Task wake;
                lock (_lock)
                {
                    states = [.. watcher.Pending.Values];
                    watcher.Pending.Clear();
                    watcher.Wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    wake = watcher.Wake.Task;
                }
                foreach (var state in states)
                    yield return state;
                await wake.WaitAsync(ct);
            }
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(watcher);
        }
    }

    // Records compare lists by reference.
    private static bool IsSame(WorkloadState a, WorkloadState b)
        => a with { Replicas = b.Replicas } == b && a.Replicas.SequenceEqual(b.Replicas);

    private sealed class Watcher
    {
        public Dictionary<WorkloadKey, WorkloadState> Pending { get; } = [];

        public TaskCompletionSource Wake { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
