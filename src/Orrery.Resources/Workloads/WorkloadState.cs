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
/// <param name="Message">
/// Why it is not ready, with the exit code, signal and last words where it ended. Of a ready one: what of its limits this machine cannot hold; mostly empty.
/// </param>
/// <param name="Address">Where it answers, once ready: <c>unix:/path</c> or <c>http://127.0.0.1:port</c>.</param>
/// <param name="LastExit">How its last run that is over ended; null: none is.</param>
public sealed record ReplicaState(
    string Name, string Revision, ReplicaPhase Phase, int Restarts, string Message, string? Address, DateTimeOffset StartedAt, ReplicaExit? LastExit = null);

/// <summary>What a replica uses, with all that it started.</summary>
/// <param name="MemoryBytes">Resident now, mapped files among it; what several processes share counts for each.</param>
/// <param name="ProcessorTime">Since its present run began.</param>
public sealed record ReplicaUsage(WorkloadKey Workload, string Replica, long MemoryBytes, TimeSpan ProcessorTime);

/// <summary>How one run of a replica ended.</summary>
/// <param name="Code">Its exit code. Null: a signal ended it, or it never began.</param>
/// <param name="Reason"><c>Completed</c>, <c>Error</c>, <c>OOMKilled</c> or <c>StartError</c>, as of containers.</param>
public sealed record ReplicaExit(int? Code, int? Signal, string Reason, DateTimeOffset At);

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
