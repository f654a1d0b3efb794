using Orrery.Resources.Schema;

namespace Orrery.Resources.Runtimes;

/// <summary>Accelerators that a runtime needs. OME reads the classes alone; here each field is a condition.</summary>
public sealed record AcceleratorRequirements
{
    /// <summary>Names of AcceleratorClasses that will do. Unset: any.</summary>
    [ListSet]
    public IReadOnlyList<string>? AcceleratorClasses { get; init; }

    /// <summary>Makers of accelerators that will do, such as <c>nvidia</c>. Unset: any.</summary>
    public IReadOnlyList<string>? Vendors { get; init; }

    /// <summary>Memory of one accelerator, in GB.</summary>
    [AtLeast(0)]
    public long? MinMemory { get; init; }

    /// <summary>Speed of one accelerator in 16-bit floating point, in TFLOPS.</summary>
    [AtLeast(0)]
    public long? MinComputePerformanceTFLOPS { get; init; }

    /// <summary>Compute capability, as in <c>9.0</c>. Compared number by number.</summary>
    [Pattern(@"^[0-9]+(\.[0-9]+)*$", "a version such as 9.0")]
    public string? MinArchitectureVersion { get; init; }

    /// <summary>Such as <c>nvlink</c> or <c>fp8</c>.</summary>
    public IReadOnlyList<string>? RequiredFeatures { get; init; }

    /// <summary>Number formats, best first.</summary>
    public IReadOnlyList<string>? PreferredPrecisions { get; init; }
}
