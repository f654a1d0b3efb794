using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Capacity;

/// <summary>A share of the machines for one owner: namespace, queue and nodes of its own.</summary>
public sealed record DedicatedAICluster : Resource, IResource<DedicatedAICluster>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public DedicatedAIClusterSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public DedicatedAIClusterStatus? Status { get; init; }

    public static JsonTypeInfo<DedicatedAICluster> View => ResourceJson.Default.DedicatedAICluster;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "DedicatedAICluster",
        Plural = "dedicatedaiclusters",
        ShortNames = ["dac"],
        Categories = ["capacity"],
        Namespaced = false,
        HasStatus = true,
        Columns =
        [
            new("Profile", "string", ".spec.profile", "Shape of one unit."),
            new("Count", "integer", ".spec.count", "Units."),
            new("State", "string", ".status.dacLifecycleState", "How far it is."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.DedicatedAICluster,
        Problems = document => Shape.Problems<DedicatedAICluster>(document),
    };
}
