using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>One replica over all its runs. Touched by its workload's loop alone.</summary>
internal sealed class Replica(string name, Workload workload)
{
    public string Name { get; } = name;

    /// <summary>The workload as it was when this replica was made.</summary>
    public Workload Workload { get; } = workload;

    public ReplicaPhase Phase { get; set; } = ReplicaPhase.Starting;

    /// <summary>Id of the present run at the supervisor.</summary>
    public string RunId { get; set; } = "";

    public ReplicaAddress? Address { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Null: was not ready in this run.</summary>
    public DateTimeOffset? ReadySince { get; set; }

    public DateTimeOffset RestartAt { get; set; }

    public int Restarts { get; set; }

    /// <summary>Ends in a row without a stable time between.</summary>
    public int Failures { get; set; }

    public string Message { get; set; } = "";

    /// <summary>Stops for good; otherwise it starts again after it ended.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Was ready in this run and stopped answering.</summary>
    public bool IsUnhealthy { get; set; }

    /// <summary>The supervisor was told to stop the present run.</summary>
    public bool IsToldToStop { get; set; }

    /// <summary>Ends the probing of the present run.</summary>
    public CancellationTokenSource? Probing { get; set; }

    public ObservedReplica Observed => new(Name, Workload.Revision, Phase, StartedAt, RestartAt, IsLeaving);

    public ReplicaState State => new(
        Name, Workload.Revision, Phase, Restarts, Message, Phase == ReplicaPhase.Ready ? Address?.ToString() : null, StartedAt);

    public void StopProbing()
    {
        Probing?.Cancel();
        Probing?.Dispose();
        Probing = null;
    }
}
