using Orrery.Resources.Accelerators;

namespace Orrery.Control.Accelerators;

/// <summary>An AcceleratorClass with its name.</summary>
public sealed record NamedClass(string Name, AcceleratorClassSpec Spec);

/// <summary>Accelerators of a class that somebody has.</summary>
public sealed record AcceleratorClaim(string ClassName, int Count);

/// <summary>A class of accelerators as it can be had: what one of them is, and how many there are. Null: unknown.</summary>
public sealed record AcceleratorOffer(string ClassName)
{
    /// <summary>In small letters.</summary>
    public string? Vendor { get; init; }

    public string? Family { get; init; }

    /// <summary>Of one accelerator.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Compute capability, such as <c>9.0</c>.</summary>
    public string? ArchitectureVersion { get; init; }

    public IReadOnlyList<string> Features { get; init; } = [];

    public AcceleratorPerformance? Performance { get; init; }

    /// <summary>In GB/s.</summary>
    public double? Bandwidth { get; init; }

    public AcceleratorCost? Cost { get; init; }

    /// <summary>Names of the nodes that have it, in order.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Accelerators on all nodes.</summary>
    public int Total { get; init; }

    /// <summary>Those that no other service has.</summary>
    public int Free { get; init; }

    /// <summary>On the node that has most of them.</summary>
    public int PerNode { get; init; }

    /// <summary>Nodes that have as many.</summary>
    public int FullNodes { get; init; }
}
