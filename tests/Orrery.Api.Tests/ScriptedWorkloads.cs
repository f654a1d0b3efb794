using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orrery.Api.Metrics;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Tests;

/// <summary>A runtime of which only the log and the use are asked: lines that were written, then, when following, those that come; measurements in their order.</summary>
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

    /// <summary>What is measured, the first first; the last one again and again.</summary>
    public List<IReadOnlyList<ReplicaUsage>> Uses { get; } = [];

    /// <summary>How often it was measured.</summary>
    public int Measured { get; private set; }

    public Task<IReadOnlyList<ReplicaUsage>> UsageAsync(CancellationToken ct)
        => Task.FromResult(Uses.Count == 0 ? [] : Uses[Math.Min(Measured++, Uses.Count - 1)]);

    /// <summary>A machine that computes half of the time on four processors.</summary>
    public MachineUse MachineUse() => new("box", 8L << 30, Measured * TimeSpan.FromSeconds(2));

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
