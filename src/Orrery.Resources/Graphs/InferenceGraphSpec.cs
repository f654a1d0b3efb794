using System.Text.Json;
using Orrery.Resources.Pods;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Graphs;

/// <summary>The nodes of a graph; a request begins at <c>root</c>. The pod fields are for a cluster that runs a router of its own for it.</summary>
public sealed record InferenceGraphSpec
{
    private const int MaxNodes = 100;

    /// <summary>Nodes by name.</summary>
    [Required, AtMostElements(MaxNodes)]
    public IReadOnlyDictionary<string, GraphNode>? Nodes { get; init; }

    /// <summary>Compute resources of the router.</summary>
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

    /// <summary>The one node that it must run on.</summary>
    public string? NodeName { get; init; }

    /// <summary>Identity that the router has at the API server.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Longest time for one request, in seconds.</summary>
    [AtLeast(1)]
    public long? TimeoutSeconds { get; init; }

    /// <summary>Routers that always run.</summary>
    [Between(0, 1000)]
    public int? MinReplicas { get; init; }

    /// <summary>Routers that run at most.</summary>
    [Between(1, 1000)]
    public int? MaxReplicas { get; init; }

    /// <summary>Value of the metric for each replica that scaling aims at.</summary>
    [AtLeast(0)]
    public int? ScaleTarget { get; init; }

    /// <summary>What scaling looks at.</summary>
    [OneOf("cpu", "memory", "concurrency", "rps")]
    public string? ScaleMetric { get; init; }

    /// <summary>What only the whole graph shows: steps that name no node, and circles, in which a request would go round for ever.</summary>
    internal IEnumerable<string> Problems()
    {
        // Of a larger graph its size is the problem, and looking for circles would take long.
        if (Nodes is not { Count: <= MaxNodes })
            yield break;
        foreach (var (name, node) in Nodes)
        {
            for (int i = 0; i < (node.Steps?.Count ?? 0); i++)
            {
                if (node.Steps![i].NodeName is { } next && !Nodes.ContainsKey(next))
                    yield return $"spec.nodes.{name}.steps[{i}].nodeName: '{next}' is no node of this graph";
            }
        }
        if (Nodes.Keys.Select(name => GraphCircle.Through(name, Nodes)).FirstOrDefault(c => c is not null) is { } circle)
            yield return $"spec.nodes.{circle[0]}: leads back to itself: {string.Join(" → ", circle)}";
    }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<InferenceGraphSpec>("'root' in self.nodes", g => g.Nodes?.ContainsKey("root") == true, "nodes", "must hold a node named root, where requests begin"),
        Rule.For<InferenceGraphSpec>(
            "!has(self.minReplicas) || !has(self.maxReplicas) || self.maxReplicas >= self.minReplicas",
            g => !(g.MinReplicas > g.MaxReplicas), "maxReplicas", "must not be below minReplicas"),
    ];
}

/// <summary>What was last observed.</summary>
public sealed record InferenceGraphStatus : ObservedStatus
{
    /// <summary>Where the graph answers.</summary>
    public string? Url { get; init; }
}
