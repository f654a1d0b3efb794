using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Training;

/// <summary>A way to run training, for jobs of every namespace.</summary>
public sealed record ClusterTrainingRuntime : Resource, IResource<ClusterTrainingRuntime>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public TrainingRuntimeSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ObservedStatus? Status { get; init; }

    public static JsonTypeInfo<ClusterTrainingRuntime> View => ResourceJson.Default.ClusterTrainingRuntime;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "ClusterTrainingRuntime",
        Plural = "clustertrainingruntimes",
        ShortNames = ["ctrt"],
        Categories = ["runtimes"],
        Namespaced = false,
        HasStatus = true,
        Columns =
        [
            new("Nodes", "integer", ".spec.mlPolicy.numNodes", "Nodes of a job that says nothing else."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.ClusterTrainingRuntime,
        Problems = document => Shape.Problems<ClusterTrainingRuntime>(document),
    };
}
