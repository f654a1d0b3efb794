using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Training;

/// <summary>A way to run training, for jobs of one namespace.</summary>
public sealed record TrainingRuntime : Resource, IResource<TrainingRuntime>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public TrainingRuntimeSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ObservedStatus? Status { get; init; }

    public static JsonTypeInfo<TrainingRuntime> View => ResourceJson.Default.TrainingRuntime;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "TrainingRuntime",
        Plural = "trainingruntimes",
        ShortNames = ["trt"],
        Categories = ["runtimes"],
        Namespaced = true,
        HasStatus = true,
        Columns =
        [
            new("Nodes", "integer", ".spec.mlPolicy.numNodes", "Nodes of a job that says nothing else."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.TrainingRuntime,
        Problems = document => Shape.Problems<TrainingRuntime>(document),
    };
}
