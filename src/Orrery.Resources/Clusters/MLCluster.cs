using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Clusters;

/// <summary>A Ray cluster: one head, and groups of workers that grow and shrink.</summary>
public sealed record MLCluster : Resource, IResource<MLCluster>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public MLClusterSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ObservedStatus? Status { get; init; }

    public static JsonTypeInfo<MLCluster> View => ResourceJson.Default.MLCluster;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "MLCluster",
        Plural = "mlclusters",
        ShortNames = ["mlc"],
        Namespaced = true,
        HasStatus = true,
        Columns =
        [
            new("Ray", "string", ".spec.rayVersion", "Version of Ray."),
            new("Groups", "string", ".spec.workerGroups[*].name", "Groups of workers."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.MLCluster,
        Problems = document => Shape.Problems<MLCluster>(document),
    };
}
