using Orrery.Resources.Schema;

namespace Orrery.Resources.Capacity;

/// <summary>What there is, what is used, and by whom.</summary>
public sealed record CapacityReservationStatus : ObservedStatus
{
    /// <summary>All of it, by flavor.</summary>
    [ListMap("name")]
    public IReadOnlyList<FlavorUsage>? Capacity { get; init; }

    /// <summary>What is free, by flavor.</summary>
    [ListMap("name")]
    public IReadOnlyList<FlavorUsage>? Allocatable { get; init; }

    /// <summary>Who uses how much.</summary>
    [ListMap("name")]
    public IReadOnlyList<AssociationUsage>? AssociationUsages { get; init; }

    /// <summary>How far it is.</summary>
    [OneOf("ACTIVE", "CREATING", "DELETING", "FAILED", "UPDATING")]
    public string? CapacityReservationLifecycleState { get; init; }

    /// <summary>Why, for people.</summary>
    public string? LifecycleDetail { get; init; }
}

/// <summary>Resources of one flavor.</summary>
public sealed record FlavorUsage
{
    /// <summary>Name of the flavor.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>Each resource.</summary>
    [ListMap("name")]
    public IReadOnlyList<ResourceUsage>? Resources { get; init; }
}

/// <summary>Units of one resource.</summary>
public sealed record ResourceUsage
{
    /// <summary>Such as <c>nvidia.com/gpu</c>.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>All units.</summary>
    public long? Total { get; init; }

    /// <summary>Those of them that are borrowed.</summary>
    public long? Borrowed { get; init; }
}

/// <summary>What one user of the reservation takes.</summary>
public sealed record AssociationUsage
{
    /// <summary>Name of the DedicatedAICluster or service.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>By flavor.</summary>
    [ListMap("name")]
    public IReadOnlyList<FlavorUsage>? Usage { get; init; }
}
