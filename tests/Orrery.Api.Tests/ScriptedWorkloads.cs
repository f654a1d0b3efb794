using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Tests;

/// <summary>A runtime of which only the log is asked: lines that were written, then, when following, those that come.</summary>
internal sealed class ScriptedWorkloads : IWorkloadRuntime
{
    public List<LogLine> Written { get; } = [];

    public Channel<LogLine> Coming { get; } = Channel.CreateUnbounded<LogLine>();

    public List<(WorkloadKey Key, LogRequest Request)> Asked { get; } = [];

    private int _following;

    /// <summary>How many follow a log now.</summary>
    public int Following => Volatile.Read(ref _following);

    public Task<ApplyOutcome> ApplyAsync(Workload workload, CancellationToken ct) => Task.FromResult<ApplyOutcome>(new ApplyOutcome.Accepted());

    public Task DeleteAsync(WorkloadKey key, CancellationToken ct) => Task.CompletedTask;

    public IAsyncEnumerable<WorkloadState> WatchAsync(CancellationToken ct) => AsyncEnumerable.Empty<WorkloadState>();

    public Task<IReadOnlyList<ReplicaUsage>> UsageAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<ReplicaUsage>>([]);

    public async IAsyncEnumerable<LogLine> LogsAsync(WorkloadKey key, LogRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        Asked.Add((key, request));
        foreach (var line in Written.TakeLast(request.TailLines ?? int.MaxValue))
            yield return line;
        if (!request.Follow)
            yield break;
        Interlocked.Increment(ref _following);
        try
        {
            await foreach (var line in Coming.Reader.ReadAllAsync(ct))
                yield return line;
        }
        finally
        {
            Interlocked.Decrement(ref _following);
        }
    }
}
