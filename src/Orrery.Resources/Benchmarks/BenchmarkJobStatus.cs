using Orrery.Resources.Schema;

namespace Orrery.Resources.Benchmarks;

/// <summary>How far the job is, and what came out.</summary>
public sealed record BenchmarkJobStatus : ObservedStatus
{
    /// <summary>How far it is.</summary>
    [OneOf("Pending", "Running", "Completed", "Failed")]
    public string? State { get; init; }

    /// <summary>When the first request was sent.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When the last answer was in.</summary>
    public DateTimeOffset? CompletionTime { get; init; }

    /// <summary>When it was last looked at.</summary>
    public DateTimeOffset? LastReconcileTime { get; init; }

    /// <summary>Why it failed.</summary>
    public string? FailureMessage { get; init; }

    /// <summary>What else is worth knowing. OME never fills it in.</summary>
    public string? Details { get; init; }
}
