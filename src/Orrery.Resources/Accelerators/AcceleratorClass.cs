using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Accelerators;

/// <summary>One model of accelerator: how its nodes are found, what it can do and what it costs.</summary>
public sealed record AcceleratorClass : Resource, IResource<AcceleratorClass>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public AcceleratorClassSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public AcceleratorClassStatus? Status { get; init; }

    public static JsonTypeInfo<AcceleratorClass> View => ResourceJson.Default.AcceleratorClass;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "AcceleratorClass",
        Plural = "acceleratorclasses",
        ShortNames = ["acc"],
        Namespaced = false,
        HasStatus = true,
        Columns =
        [
            new("Vendor", "string", ".spec.vendor", "Who makes it."),
            new("Model", "string", ".spec.model", "Its name."),
            new("Memory", "string", ".spec.capabilities.memoryGB", "Memory of one."),
            new("Nodes", "integer", ".status.availableNodes", "Nodes that have it."),
            new("Total", "integer", ".status.totalAccelerators", "How many there are."),
            new("Free", "integer", ".status.availableAccelerators", "How many are free."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.AcceleratorClass,
        Problems = document => Shape.Problems<AcceleratorClass>(document),
    };
}
