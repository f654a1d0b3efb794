using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Capacity;

/// <summary>Accelerators kept for one namespace, with borrowing from others and preemption.</summary>
public sealed record CapacityReservation : Resource, IResource<CapacityReservation>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public CapacityReservationSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public CapacityReservationStatus? Status { get; init; }

    public static JsonTypeInfo<CapacityReservation> View => ResourceJson.Default.CapacityReservation;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "CapacityReservation",
        Plural = "capacityreservations",
        ShortNames = ["cr"],
        Categories = ["capacity"],
        Namespaced = true,
        HasStatus = true,
        Columns =
        [
            new("Cohort", "string", ".spec.cohort", "Reservations that borrow from each other."),
            new("Borrowing", "boolean", ".spec.allowBorrowing", "Whether it may use what others leave."),
            new("State", "string", ".status.capacityReservationLifecycleState", "How far it is."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.CapacityReservation,
        Problems = document => Shape.Problems<CapacityReservation>(document),
    };
}
