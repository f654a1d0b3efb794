namespace Orrery.Resources.Workloads;

/// <summary>
/// Runs workloads: child processes on a workstation, Deployments and their kin on a cluster. Replacing replicas inside a workload
/// (rollout, restart, surge) is the runtime's work; revisions side by side are several workloads and the controller's.
/// </summary>
public interface IWorkloadRuntime
{
    /// <summary>Makes it so, from nothing or from an earlier state. Applying the same workload again changes nothing.</summary>
    Task<ApplyOutcome> ApplyAsync(Workload workload, CancellationToken ct);

    /// <summary>Files and folders of models that the workload reads and that are not where its replicas would run. Empty too where nobody can tell before they do.</summary>
    IReadOnlyList<string> Missing(Workload workload) => [];

    /// <summary>Drains and stops all replicas. Deleting what is not there is fine.</summary>
    Task DeleteAsync(WorkloadKey key, CancellationToken ct);

    /// <summary>The present state of every workload, then each change. A deleted one comes a last time with <see cref="WorkloadState.Gone"/>.</summary>
    IAsyncEnumerable<WorkloadState> WatchAsync(CancellationToken ct);

    /// <summary>Lines that replicas wrote, oldest first; empty for a workload that never ran.</summary>
    IAsyncEnumerable<LogLine> LogsAsync(WorkloadKey key, LogRequest request, CancellationToken ct);

    /// <summary>What every replica that runs uses, measured now. One that does not run is left out. Cheap enough for every two seconds.</summary>
    Task<IReadOnlyList<ReplicaUsage>> UsageAsync(CancellationToken ct);
}

public abstract record ApplyOutcome
{
    public sealed record Accepted : ApplyOutcome;

    /// <summary>This runtime cannot run such a workload; what ran before goes on. The message says what it asks for in vain.</summary>
    public sealed record Refused(string Message) : ApplyOutcome;
}

public sealed record WorkloadKey(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <param name="Follow">Go on with new lines until cancelled, or until the one replica asked for is gone.</param>
/// <param name="TailLines">Only so many last lines of those that the rest of the request asks for. Null: all that are kept.</param>
/// <param name="Replica">Only this one. Null: all of the workload, also those that are gone.</param>
/// <param name="Since">Only lines written then or later.</param>
/// <param name="Runs">Which runs of each replica.</param>
public sealed record LogRequest(
    bool Follow = false, int? TailLines = null, string? Replica = null, DateTimeOffset? Since = null, LogRuns Runs = LogRuns.All);

/// <summary>A replica that ended by itself is started again: each time is a run.</summary>
public enum LogRuns
{
    All,

    /// <summary>The last run, and when following those after it.</summary>
    Current,

    /// <summary>The run before the last one; nothing where there was none.</summary>
    Previous,
}

public sealed record LogLine(string Replica, DateTimeOffset Time, bool IsError, string Text);
