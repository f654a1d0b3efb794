using System.Threading.Channels;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>A runtime whose replicas are ready, or gone, as soon as it is told.</summary>
internal sealed class PromptWorkloads : IWorkloadRuntime
{
    private readonly Channel<WorkloadState> _states = Channel.CreateUnbounded<WorkloadState>();

    private readonly Lock _lock = new();
    private readonly Dictionary<WorkloadKey, int> _running = [];

    /// <summary>Most replicas that there ever were at once.</summary>
    public int Most { get; private set; }

    public int Running(string workload)
    {
        lock (_lock)
            return _running.GetValueOrDefault(new WorkloadKey("default", workload));
    }

    public Task<ApplyOutcome> ApplyAsync(Workload workload, CancellationToken ct)
    {
        lock (_lock)
        {
            int replicas = workload.Replicas ?? 0;
            if (!_running.TryGetValue(workload.Key, out int before) || before != replicas)
            {
                _running[workload.Key] = replicas;
                Most = Math.Max(Most, _running.Values.Sum());
                _states.Writer.TryWrite(new WorkloadState(
                    workload.Key, workload.Revision, replicas,
                    [.. Enumerable.Range(0, replicas).Select(i => new ReplicaState($"{workload.Key.Name}-{i}", workload.Revision, ReplicaPhase.Ready, 0, "", "unix:/x", DateTimeOffset.UnixEpoch))]));
            }
        }
        return Task.FromResult<ApplyOutcome>(new ApplyOutcome.Accepted());
    }

    public Task DeleteAsync(WorkloadKey key, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_running.Remove(key))
                _states.Writer.TryWrite(new WorkloadState(key, "", 0, [], Gone: true));
        }
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<WorkloadState> WatchAsync(CancellationToken ct) => _states.Reader.ReadAllAsync(ct);

    public IAsyncEnumerable<LogLine> LogsAsync(WorkloadKey key, LogRequest request, CancellationToken ct) => AsyncEnumerable.Empty<LogLine>();

    public Task<IReadOnlyList<ReplicaUsage>> UsageAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<ReplicaUsage>>([]);
}
