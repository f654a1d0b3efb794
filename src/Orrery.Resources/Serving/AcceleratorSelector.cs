using Orrery.Resources.Schema;

namespace Orrery.Resources.Serving;

/// <summary>Which accelerators are wanted: a class by name, or a choice among those that fit.</summary>
public sealed record AcceleratorSelector
{
    /// <summary>Name of an AcceleratorClass. Set: only that one.</summary>
    public string? AcceleratorClass { get; init; }

    /// <summary>What a class must have to be chosen.</summary>
    public ServingAcceleratorConstraints? Constraints { get; init; }

    /// <summary>Which of those that fit is taken.</summary>
    [OneOf("BestFit", "Cheapest", "MostCapable", "FirstAvailable")]
    public string? Policy { get; init; }
}

/// <summary>What an AcceleratorClass must have to be chosen.</summary>
public sealed record ServingAcceleratorConstraints
{
    /// <summary>Least memory of one accelerator, in GB.</summary>
    [AtLeast(0)]
    public long? MinMemory { get; init; }

    /// <summary>Most memory of one accelerator, in GB.</summary>
    [AtLeast(0)]
    public long? MaxMemory { get; init; }

    /// <summary>Least speed in 16-bit floating point, in TFLOPS.</summary>
    [AtLeast(0)]
    public long? MinComputePerformanceTFLOPS { get; init; }

    /// <summary>Compute capability, as in <c>9.0</c>. Compared number by number, so that 10.0 is above 9.0; OME compares letters.</summary>
    [Pattern(@"^[0-9]+(\.[0-9]+)*$", "a version such as 9.0")]
    public string? MinArchitectureVersion { get; init; }

    /// <summary>Such as <c>nvlink</c> or <c>fp8</c>; all must be there.</summary>
    public IReadOnlyList<string>? RequiredFeatures { get; init; }

    /// <summary>Classes that are not taken.</summary>
    public IReadOnlyList<string>? ExcludedClasses { get; init; }

    /// <summary>Such as <c>hopper</c> or <c>nvidia-hopper</c>; one must match.</summary>
    public IReadOnlyList<string>? ArchitectureFamilies { get; init; }

    /// <summary>Number formats, best first.</summary>
    public IReadOnlyList<string>? PreferredPrecisions { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<ServingAcceleratorConstraints>(
            "!has(self.minMemory) || !has(self.maxMemory) || self.maxMemory >= self.minMemory",
            c => !(c.MinMemory > c.MaxMemory), "maxMemory", "must not be below minMemory"),
    ];
}
