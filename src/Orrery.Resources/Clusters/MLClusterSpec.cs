using System.Text.Json;
using Orrery.Resources.Pods;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Clusters;

/// <summary>The shape of a Ray cluster.</summary>
public sealed record MLClusterSpec
{
    /// <summary>Version of Ray, such as <c>2.42.1</c>. Unset: the one that the image has.</summary>
    [Pattern(@"^[0-9]+\.[0-9]+\.[0-9]+", "a version such as 2.42.1")]
    public string? RayVersion { get; init; }

    /// <summary>Image of every node that names none.</summary>
    public string? Image { get; init; }

    /// <summary>The node that leads.</summary>
    public RayHead? Head { get; init; }

    /// <summary>Groups of equal workers.</summary>
    [ListMap("name"), AtMostElements(100)]
    public IReadOnlyList<WorkerGroup>? WorkerGroups { get; init; }

    /// <summary>True: Ray itself asks for workers and gives them back.</summary>
    public bool? EnableAutoscaling { get; init; }

    /// <summary>True: nothing runs.</summary>
    public bool? Suspend { get; init; }
}

/// <summary>The node that leads.</summary>
public sealed record RayHead
{
    /// <summary>Image with its tag or digest.</summary>
    public string? Image { get; init; }

    /// <summary>Compute resources.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Options of <c>ray start</c>.</summary>
    public IReadOnlyDictionary<string, string>? RayStartParams { get; init; }

    /// <summary>Labels that a node must have.</summary>
    [AtomicMap]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }
}

/// <summary>Equal workers.</summary>
public sealed record WorkerGroup
{
    /// <summary>Name of the group.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>Workers at the start. Default 1.</summary>
    [Between(0, 10_000), Default("1")]
    public int? Replicas { get; init; }

    /// <summary>Fewest workers.</summary>
    [Between(0, 10_000)]
    public int? MinReplicas { get; init; }

    /// <summary>Most workers.</summary>
    [Between(0, 10_000)]
    public int? MaxReplicas { get; init; }

    /// <summary>Image with its tag or digest.</summary>
    public string? Image { get; init; }

    /// <summary>Compute resources of each.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Options of <c>ray start</c>.</summary>
    public IReadOnlyDictionary<string, string>? RayStartParams { get; init; }

    /// <summary>Labels that a node must have.</summary>
    [AtomicMap]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Taints of nodes that do not keep it away.</summary>
    [RawList]
    public JsonElement? Tolerations { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<WorkerGroup>(
            "!has(self.minReplicas) || !has(self.maxReplicas) || self.maxReplicas >= self.minReplicas",
            g => !(g.MinReplicas > g.MaxReplicas), "maxReplicas", "must not be below minReplicas"),
    ];
}
