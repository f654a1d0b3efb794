using Orrery.Resources.Schema;

namespace Orrery.Resources.Serving;

/// <summary>Which runtime a service got, by which figures, and why not the others. Long lists are cut, and say by how much.</summary>
public sealed record SelectionStatus
{
    /// <summary>Name of the runtime. Unset: none would do.</summary>
    public string? Runtime { get; init; }

    /// <summary>Kind of the runtime.</summary>
    public string? Kind { get; init; }

    /// <summary>Which of the runtime's formats decided, such as <c>supportedModelFormats[0]</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Of that format: weights times priority.</summary>
    public long? Score { get; init; }

    /// <summary>How the score came about, for people.</summary>
    public string? ScoreBreakdown { get; init; }

    /// <summary>What could not be checked, since the model does not say.</summary>
    public IReadOnlyList<string>? Unchecked { get; init; }

    /// <summary>The other runtimes, each with the reasons against it.</summary>
    public IReadOnlyList<RejectedRuntime>? Rejected { get; init; }

    /// <summary>Further ones, which <c>orrery explain isvc NAME</c> lists.</summary>
    public int? MoreRejected { get; init; }
}

/// <summary>A runtime that a service did not get.</summary>
public sealed record RejectedRuntime
{
    /// <summary>Its kind.</summary>
    [Required]
    public string? Kind { get; init; }

    /// <summary>Its name.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>What speaks against it.</summary>
    public IReadOnlyList<string>? Reasons { get; init; }

    /// <summary>Reasons beyond those.</summary>
    public int? MoreReasons { get; init; }
}

/// <summary>Whether a model has room, in bytes.</summary>
public sealed record FitStatus
{
    /// <summary>Where: the name of an AcceleratorClass, or <c>memory</c> for that of the machine.</summary>
    public string? On { get; init; }

    /// <summary>The model's weights.</summary>
    public long? WeightBytes { get; init; }

    /// <summary>Keys and values of the sequences.</summary>
    public long? CacheBytes { get; init; }

    /// <summary>Everything else.</summary>
    public long? OverheadBytes { get; init; }

    /// <summary>What may be used there.</summary>
    public long? UsableBytes { get; init; }

    /// <summary>By how much it does not fit. Unset: it fits.</summary>
    public long? MissingBytes { get; init; }

    /// <summary>Accelerators that share each layer.</summary>
    public int? TensorParallelSize { get; init; }

    /// <summary>Groups of accelerators that hold successive layers.</summary>
    public int? PipelineParallelSize { get; init; }

    /// <summary>Nodes that a replica takes.</summary>
    public int? Nodes { get; init; }
}
