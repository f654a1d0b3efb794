using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>One replica over all its runs. Touched by its workload's loop alone.</summary>
internal sealed class Replica(string name, Workload workload)
{
    public string Name { get; } = name;

    /// <summary>The workload as it was when this replica was made.</summary>
    public Workload Workload { get; } = workload;

    public ReplicaPhase Phase { get; private set; } = ReplicaPhase.Starting;

    /// <summary>When it last became ready, or stopped being it.</summary>
    public DateTimeOffset ReadyChangedAt { get; private set; }

    /// <summary>Id of the present run at the supervisor.</summary>
    public string RunId { get; set; } = "";

    public ReplicaAddress? Address { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Of its first run.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Null: was not ready in this run.</summary>
    public DateTimeOffset? ReadySince { get; set; }

    public DateTimeOffset RestartAt { get; set; }

    /// <summary>Why it cannot begin a run, which is nobody's failure and counts as none. Null: it can.</summary>
    public CannotBegin? Held { get; set; }

    /// <summary>Which of its limits are not held on this machine. Empty: all are.</summary>
    public string NotHeld { get; set; } = "";

    /// <summary>How its last run ended. Null: none has.</summary>
    public RunEnd? LastEnd { get; set; }

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
        Name, Workload.Revision, Phase, Restarts, Message, Phase == ReplicaPhase.Ready ? Address?.ToString() : null, StartedAt,
        LastEnd is null ? null : new ReplicaExit(LastEnd.Code, LastEnd.Signal, LastEnd.Reason, LastEnd.FinishedAt));

    public void Enter(ReplicaPhase phase, DateTimeOffset now)
    {
        if (CreatedAt == default)
            CreatedAt = now;
        if (ReadyChangedAt == default || (phase == ReplicaPhase.Ready) != (Phase == ReplicaPhase.Ready))
            ReadyChangedAt = now;
        Phase = phase;
    }

    public void StopProbing()
    {
        Probing?.Cancel();
        Probing?.Dispose();
        Probing = null;
    }
}

/// <summary>How one run of a replica ended.</summary>
/// <param name="Code">Its exit code. Null with no <paramref name="Signal"/>: it never began.</param>
/// <param name="Signal">What ended it, when it was a signal.</param>
/// <param name="OomKilled">For want of memory within its limit.</param>
internal sealed record RunEnd(string RunId, int? Code, int? Signal, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, bool OomKilled = false)
{
    /// <summary>As container runtimes call it.</summary>
    public string Reason => this switch
    {
        { OomKilled: true } => "OOMKilled",
        { Code: 0 } => "Completed",
        { Code: null, Signal: null } => "StartError",
        _ => "Error",
    };
}

/// <summary>Something that a run needs is not there yet. It is looked for again, and begins then.</summary>
/// <param name="Reason">As a pod shows it.</param>
internal sealed record CannotBegin(string Reason, string Message)
{
    /// <summary>A Secret or a key of it is missing.</summary>
    public const string NoSecret = "CreateContainerConfigError";

    public const string NoAccelerator = "AcceleratorsTaken";

    /// <summary>Nothing here runs containers.</summary>
    public const string NoEngine = "NoContainerEngine";

    /// <summary>Something of the machine: no free port, a tool that fails.</summary>
    public const string Trouble = "StartError";
}
