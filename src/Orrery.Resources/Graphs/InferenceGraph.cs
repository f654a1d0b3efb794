using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Graphs;

/// <summary>Services joined into one answer: one after another, side by side, by weight or by condition.</summary>
public sealed record InferenceGraph : Resource, IResource<InferenceGraph>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public InferenceGraphSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public InferenceGraphStatus? Status { get; init; }

    public override IEnumerable<string> Problems() => Spec.Problems();

    public static JsonTypeInfo<InferenceGraph> View => ResourceJson.Default.InferenceGraph;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "InferenceGraph",
        Plural = "inferencegraphs",
        ShortNames = ["ig"],
        Namespaced = true,
        HasStatus = true,
        Columns =
        [
            new("URL", "string", ".status.url", "Where it answers."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.InferenceGraph,
        Problems = document => Shape.Problems<InferenceGraph>(document),
    };
}
