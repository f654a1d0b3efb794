using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Capacity;

/// <summary>A named shape of one unit of a DedicatedAICluster.</summary>
public sealed record DedicatedAIClusterProfile : Resource, IResource<DedicatedAIClusterProfile>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public DedicatedAIClusterProfileSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ObservedStatus? Status { get; init; }

    public static JsonTypeInfo<DedicatedAIClusterProfile> View => ResourceJson.Default.DedicatedAIClusterProfile;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "DedicatedAIClusterProfile",
        Plural = "dedicatedaiclusterprofiles",
        ShortNames = ["dacp"],
        Categories = ["capacity"],
        Namespaced = false,
        HasStatus = true,
        Columns =
        [
            new("Disabled", "boolean", ".spec.disabled", "True: no new share may use it."),
            new("Count", "integer", ".spec.count", "Nodes of one unit."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.DedicatedAIClusterProfile,
        Problems = document => Shape.Problems<DedicatedAIClusterProfile>(document),
    };
}
