using Orrery.Resources.Schema;

namespace Orrery.Resources.Training;

/// <summary>What was last observed.</summary>
public sealed record TrainingJobStatus : ObservedStatus
{
    /// <summary>Each gang of workers.</summary>
    [ListMap("name")]
    public IReadOnlyList<WorkerStatus>? JobsStatus { get; init; }

    /// <summary>Restarts so far.</summary>
    public int? RetryCount { get; init; }

    /// <summary>When the first worker started.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletionTime { get; init; }

    /// <summary>When it was last looked at.</summary>
    public DateTimeOffset? LastReconcileTime { get; init; }
}

/// <summary>Numbers of workers of one gang.</summary>
public sealed record WorkerStatus
{
    /// <summary>Name of the gang.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>Workers that can work.</summary>
    public int? Ready { get; init; }

    /// <summary>Workers that ended well.</summary>
    public int? Succeeded { get; init; }

    /// <summary>Workers that ended badly.</summary>
    public int? Failed { get; init; }

    /// <summary>Workers that run.</summary>
    public int? Active { get; init; }

    /// <summary>Workers that wait.</summary>
    public int? Suspended { get; init; }
}
