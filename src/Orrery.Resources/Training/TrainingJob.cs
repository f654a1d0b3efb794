using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Training;

/// <summary>Trains or tunes a model once: a gang of workers, checkpoints, and new weights at the end.</summary>
public sealed record TrainingJob : Resource, IResource<TrainingJob>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public TrainingJobSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public TrainingJobStatus? Status { get; init; }

    public override IEnumerable<string> Problems() => Spec.Problems();

    public static JsonTypeInfo<TrainingJob> View => ResourceJson.Default.TrainingJob;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "TrainingJob",
        Plural = "trainingjobs",
        ShortNames = ["tj"],
        Namespaced = true,
        HasStatus = true,
        Columns =
        [
            new("Runtime", "string", ".spec.runtimeRef.name", "How it is run."),
            new("Model", "string", ".spec.modelConfig.inputModel", "What it starts from."),
            new("Suspended", "boolean", ".spec.suspend", "True: it waits."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.TrainingJob,
        Problems = document => Shape.Problems<TrainingJob>(document),
    };
}
