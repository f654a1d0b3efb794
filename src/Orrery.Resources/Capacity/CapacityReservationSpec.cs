using Orrery.Resources.Schema;

namespace Orrery.Resources.Capacity;

/// <summary>What is kept, and how it is shared with others. The shape is Kueue's.</summary>
public sealed record CapacityReservationSpec
{
    /// <summary>Resources that are counted together, with quota for each flavor of node.</summary>
    [Required, AtMostElements(16)]
    public IReadOnlyList<ReservedResourceGroup>? ResourceGroups { get; init; }

    /// <summary>Reservations of one cohort borrow from each other. Unset: it lends and borrows nothing.</summary>
    public string? Cohort { get; init; }

    /// <summary>Who is driven out when room is short.</summary>
    public PreemptionRule? PreemptionRule { get; init; }

    /// <summary>Project that it belongs to.</summary>
    public string? CompartmentID { get; init; }

    /// <summary>Priority of what runs in it.</summary>
    public string? PriorityClassName { get; init; }

    /// <summary>Whether it may use what others of its cohort leave.</summary>
    public bool? AllowBorrowing { get; init; }
}

/// <summary>Resources that are counted together, with quota for each flavor of node.</summary>
public sealed record ReservedResourceGroup
{
    /// <summary>Such as <c>nvidia.com/gpu</c>.</summary>
    [Required, ListMap("name")]
    public IReadOnlyList<CoveredResource>? CoveredResources { get; init; }

    /// <summary>Kinds of nodes, tried in this order.</summary>
    [Required, ListMap("name")]
    public IReadOnlyList<ReservedFlavor>? Flavors { get; init; }
}

/// <summary>A resource that is counted.</summary>
public sealed record CoveredResource
{
    /// <summary>Such as <c>nvidia.com/gpu</c>.</summary>
    [Required(", for example nvidia.com/gpu")]
    public string? Name { get; init; }
}

/// <summary>Quota on one kind of node.</summary>
public sealed record ReservedFlavor
{
    /// <summary>Name of an AcceleratorClass or of a ResourceFlavor.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>Units of each covered resource.</summary>
    [Required, AtLeast(0)]
    public long? Quota { get; init; }
}

/// <summary>Who is driven out when room is short.</summary>
public sealed record PreemptionRule
{
    /// <summary>Of other reservations of the cohort that borrow what is kept here.</summary>
    [OneOf("Never", "LowerPriority", "Any")]
    public string? ReclaimWithinCohort { get; init; }

    /// <summary>Of this reservation.</summary>
    [OneOf("Never", "LowerPriority", "LowerOrNewerEqualPriority")]
    public string? WithinClusterQueue { get; init; }

    /// <summary>Of others, so that this one can borrow.</summary>
    public BorrowingPreemption? BorrowWithinCohort { get; init; }
}

/// <summary>Whom a borrower may drive out.</summary>
public sealed record BorrowingPreemption
{
    /// <summary>Whether it may.</summary>
    [OneOf("Never", "LowerPriority")]
    public string? Policy { get; init; }

    /// <summary>Only those of at most this priority.</summary>
    public int? MaxPriorityThreshold { get; init; }
}
