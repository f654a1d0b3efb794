using System.Text.Json;
using Orrery.Resources.Pods;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Capacity;

/// <summary>How large the share is and where it lies. What is set here wins over the profile.</summary>
public sealed record DedicatedAIClusterSpec
{
    /// <summary>Name of a DedicatedAIClusterProfile.</summary>
    public string? Profile { get; init; }

    /// <summary>Units. Default 1.</summary>
    [Between(1, 10_000), Default("1")]
    public int? Count { get; init; }

    /// <summary>Compute resources of one unit.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Which nodes and which neighbours are wanted.</summary>
    [RawObject]
    public JsonElement? Affinity { get; init; }

    /// <summary>Taints of nodes that do not keep it away.</summary>
    [RawList]
    public JsonElement? Tolerations { get; init; }

    /// <summary>Labels that a node must have.</summary>
    [AtomicMap]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Who goes first when room is short.</summary>
    public string? PriorityClassName { get; init; }

    /// <summary>Project that it belongs to.</summary>
    public string? CompartmentID { get; init; }

    /// <summary>Name of the ClusterCapacityReservation that it is taken from.</summary>
    public string? CapacityReservationId { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<DedicatedAIClusterSpec>(
            "has(self.profile) || has(self.resources)", s => s.Profile is not null || s.Resources is not null, "profile", "must be set, or resources"),
    ];
}

/// <summary>The shape of one unit.</summary>
public sealed record DedicatedAIClusterProfileSpec
{
    /// <summary>True: no new share may use it.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Nodes of one unit. Default 1.</summary>
    [Between(1, 10_000), Default("1")]
    public int? Count { get; init; }

    /// <summary>Compute resources of each node.</summary>
    [Required]
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Which nodes and which neighbours are wanted.</summary>
    [RawObject]
    public JsonElement? Affinity { get; init; }

    /// <summary>Taints of nodes that do not keep it away.</summary>
    [RawList]
    public JsonElement? Tolerations { get; init; }

    /// <summary>Labels that a node must have.</summary>
    [AtomicMap]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Who goes first when room is short.</summary>
    public string? PriorityClassName { get; init; }
}

/// <summary>What is there of the share.</summary>
public sealed record DedicatedAIClusterStatus : ObservedStatus
{
    /// <summary>Accelerators that are free.</summary>
    public long? AvailableGpu { get; init; }

    /// <summary>Accelerators that are used.</summary>
    public long? AllocatedGpu { get; init; }

    /// <summary>How far it is.</summary>
    [OneOf("ACTIVE", "CREATING", "DELETING", "FAILED", "UPDATING")]
    public string? DacLifecycleState { get; init; }

    /// <summary>Why, for people.</summary>
    public string? LifecycleDetail { get; init; }
}
