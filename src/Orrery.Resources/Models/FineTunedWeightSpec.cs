using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Models;

/// <summary>Which model is changed, how, and where the weights are. Fields follow OME.</summary>
public sealed record FineTunedWeightSpec
{
    /// <summary>The model that the weights belong to.</summary>
    [Required]
    public BaseModelReference? BaseModelRef { get; init; }

    /// <summary><c>LoRA</c>, <c>Adapter</c>, <c>Distillation</c> or <c>Tfew</c>.</summary>
    public string? ModelType { get; init; }

    /// <summary>How they were trained; <c>strategy</c> is <c>lora</c> or <c>tfew</c>.</summary>
    [RawObject]
    public JsonElement? HyperParameters { get; init; }

    /// <summary>What they are; <c>merged_weights: true</c> says that they hold the base model too.</summary>
    [RawObject]
    public JsonElement? Configuration { get; init; }

    /// <summary>Where the files are. OME takes oci:// alone; here every address that models have.</summary>
    [Required]
    public StorageSpec? Storage { get; init; }

    /// <summary>The job that made them.</summary>
    [RawObject]
    public JsonElement? TrainingJobRef { get; init; }

    /// <summary>Name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Version of the weights.</summary>
    public string? Version { get; init; }

    /// <summary>Who made them.</summary>
    public string? Vendor { get; init; }

    /// <summary>Project that they belong to.</summary>
    public string? CompartmentID { get; init; }

    /// <summary>True: no service may use them.</summary>
    public bool? Disabled { get; init; }

    internal IEnumerable<string> Problems() => Storage?.Problems("spec.storage") ?? [];
}

/// <summary>Names a model.</summary>
public sealed record BaseModelReference
{
    /// <summary>Name of a BaseModel or ClusterBaseModel.</summary>
    [Required(" to the name of a BaseModel or ClusterBaseModel")]
    public string? Name { get; init; }

    /// <summary>Namespace of a BaseModel. Unset: that of the object, then the cluster.</summary>
    public string? Namespace { get; init; }
}
