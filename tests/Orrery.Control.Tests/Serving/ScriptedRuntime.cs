using System.Collections.Concurrent;
using System.Threading.Channels;
using Orrery.Control.Serving.External;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>A runtime that notes what it is told and runs nothing.</summary>
internal sealed class ScriptedRuntime : IWorkloadRuntime
{
    private readonly Channel<WorkloadState> _states = Channel.CreateUnbounded<WorkloadState>();

    public ConcurrentDictionary<WorkloadKey, Workload> Applied { get; } = new();

    public ConcurrentQueue<WorkloadKey> Deleted { get; } = new();

    /// <summary>What it refuses, by component.</summary>
    public Dictionary<string, string> Refuses { get; } = [];

    /// <summary>Files of models that are not there.</summary>
    public HashSet<string> Gone { get; } = [];

    public IReadOnlyList<string> Missing(Workload workload) => [.. workload.Models.Where(Gone.Contains)];

    public void Tell(WorkloadState state) => _states.Writer.TryWrite(state);

    public Task<ApplyOutcome> ApplyAsync(Workload workload, CancellationToken ct)
    {
        if (Refuses.TryGetValue(workload.Component, out string? why))
            return Task.FromResult<ApplyOutcome>(new ApplyOutcome.Refused(why));
        Applied[workload.Key] = workload;
        return Task.FromResult<ApplyOutcome>(new ApplyOutcome.Accepted());
    }

    public Task DeleteAsync(WorkloadKey key, CancellationToken ct)
    {
        Applied.TryRemove(key, out _);
        Deleted.Enqueue(key);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<WorkloadState> WatchAsync(CancellationToken ct) => _states.Reader.ReadAllAsync(ct);

    public IAsyncEnumerable<LogLine> LogsAsync(WorkloadKey key, LogRequest request, CancellationToken ct) => AsyncEnumerable.Empty<LogLine>();

    public Task<IReadOnlyList<ReplicaUsage>> UsageAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<ReplicaUsage>>([]);
}

/// <summary>Answers by the address that is asked; notes every question.</summary>
internal sealed class ScriptedProbe : IExternalProbe
{
    private int _asking;

    public ConcurrentDictionary<string, ExternalAnswer> Answers { get; } = new();

    public ConcurrentQueue<ExternalQuestion> Asked { get; } = new();

    /// <summary>Set: no answer before it is done.</summary>
    public TaskCompletionSource? Held { get; set; }

    public int MostAtOnce { get; private set; }

    public async Task<ExternalAnswer> AskAsync(ExternalQuestion question, CancellationToken ct)
    {
        int now = Interlocked.Increment(ref _asking);
        lock (Answers)
            MostAtOnce = Math.Max(MostAtOnce, now);
        Asked.Enqueue(question);
        if (Held is { } held)
            await held.Task.WaitAsync(ct);
        Interlocked.Decrement(ref _asking);
        return Answers.GetValueOrDefault(question.Endpoint.Url!, new ExternalAnswer.Answers(null));
    }
}
