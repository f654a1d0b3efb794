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

    /// <summary>What nodes count it as.</summary>
    public string Resource { get; init; } = NodeMatch.DefaultResource;

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

    /// <summary>How many of them are of another class too, by its name: who has one there has it here.</summary>
    public IReadOnlyDictionary<string, int> Shared { get; init; } = new Dictionary<string, int>();

    /// <summary>On the node that has most of them.</summary>
    public int PerNode { get; init; }

    /// <summary>Nodes that have as many.</summary>
    public int FullNodes { get; init; }

    /// <summary>What is left when somebody has some: of its own, or of another class that are the same ones.</summary>
    public AcceleratorOffer Less(AcceleratorClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        int taken = claim.ClassName == ClassName ? claim.Count : Math.Min(claim.Count, Shared.GetValueOrDefault(claim.ClassName));
        return this with { Free = Math.Max(0, Free - taken) };
    }
}
