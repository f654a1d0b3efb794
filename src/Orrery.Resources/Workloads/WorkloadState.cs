namespace Orrery.Resources.Workloads;

/// <summary>What runs of one workload.</summary>
/// <param name="Revision">The revision that was applied last.</param>
/// <param name="Gone">True once, when the workload was deleted and nothing of it runs.</param>
public sealed record WorkloadState(WorkloadKey Key, string Revision, int Desired, IReadOnlyList<ReplicaState> Replicas, bool Gone = false)
{
    public int Ready => Replicas.Count(r => r.Phase == ReplicaPhase.Ready && r.Revision == Revision);
}

/// <param name="Name">Unique in its workload's life: <c>stories-engine-0</c>.</param>
/// <param name="Restarts">How often it was started again after it ended by itself.</param>
/// <param name="Message">Why it is not ready, with the exit code, signal and last words where it ended; empty when ready.</param>
/// <param name="Address">Where it answers, once ready: <c>unix:/path</c> or <c>http://127.0.0.1:port</c>.</param>
public sealed record ReplicaState(
    string Name, string Revision, ReplicaPhase Phase, int Restarts, string Message, string? Address, DateTimeOffset StartedAt);

public enum ReplicaPhase
{
    /// <summary>Runs, has not answered yet.</summary>
    Starting,

    /// <summary>Answered its first request and passes health checks.</summary>
    Ready,

    /// <summary>Gets no new requests and is being stopped.</summary>
    Stopping,

    /// <summary>Ended by itself and waits to be started again.</summary>
    Waiting,
}
