using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Models;

/// <summary>Weights that change a base model: LoRA and the like. Of one namespace here; OME has them at cluster scope.</summary>
public sealed record FineTunedWeight : Resource, IResource<FineTunedWeight>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public FineTunedWeightSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ModelStatus? Status { get; init; }

    public override IEnumerable<string> Problems() => Spec.Problems();

    public static JsonTypeInfo<FineTunedWeight> View => ResourceJson.Default.FineTunedWeight;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "FineTunedWeight",
        Plural = "finetunedweights",
        ShortNames = ["ftw"],
        Categories = ["models"],
        Namespaced = true,
        HasStatus = true,
        Columns =
        [
            ..ModelColumns.Coming,
            new("BaseModel", "string", ".spec.baseModelRef.name", "The model that it changes."),
            new("Type", "string", ".spec.modelType", "LoRA, Adapter, Distillation or another."),
            new("Disabled", "boolean", ".spec.disabled", "True: no service may use it."),
            new("Parameters", "integer", ".status.parameters", "Number of weights."),
            new("Size", "integer", ".status.sizeBytes", "Bytes of all files."),
        ],
        View = ResourceJson.Default.FineTunedWeight,
        Problems = document => Shape.Problems<FineTunedWeight>(document),
    };
}
