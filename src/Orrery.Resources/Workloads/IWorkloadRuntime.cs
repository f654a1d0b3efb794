namespace Orrery.Resources.Workloads;

/// <summary>
/// Runs workloads: child processes on a workstation, Deployments and their kin on a cluster. Replacing replicas inside a workload
/// (rollout, restart, surge) is the runtime's work; revisions side by side are several workloads and the controller's.
/// </summary>
public interface IWorkloadRuntime
{
    /// <summary>Makes it so, from nothing or from an earlier state. Applying the same workload again changes nothing.</summary>
    Task<ApplyOutcome> ApplyAsync(Workload workload, CancellationToken ct);

    /// <summary>Drains and stops all replicas. Deleting what is not there is fine.</summary>
    Task DeleteAsync(WorkloadKey key, CancellationToken ct);

    /// <summary>The present state of every workload, then each change. A deleted one comes a last time with <see cref="WorkloadState.Gone"/>.</summary>
    IAsyncEnumerable<WorkloadState> WatchAsync(CancellationToken ct);

    /// <summary>Lines that replicas wrote, oldest first; empty for a workload that never ran.</summary>
    IAsyncEnumerable<LogLine> LogsAsync(WorkloadKey key, LogRequest request, CancellationToken ct);
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

/// <param name="Follow">Go on with new lines until cancelled.</param>
/// <param name="TailLines">Only so many last lines. Null: all that are kept.</param>
public sealed record LogRequest(bool Follow = false, int? TailLines = null);

public sealed record LogLine(string Replica, DateTimeOffset Time, bool IsError, string Text);
