using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Clusters;

/// <summary>A remote plane that runs what this one gives it.</summary>
public sealed record Cluster : Resource, IResource<Cluster>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public ClusterSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ObservedStatus? Status { get; init; }

    public static JsonTypeInfo<Cluster> View => ResourceJson.Default.Cluster;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "Cluster",
        Plural = "clusters",
        Namespaced = false,
        HasStatus = true,
        Columns =
        [
            new("Display", "string", ".spec.displayName", "Name for people."),
            new("Disabled", "boolean", ".spec.disabled", "True: nothing new goes there."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.Cluster,
        Problems = document => Shape.Problems<Cluster>(document),
    };
}
