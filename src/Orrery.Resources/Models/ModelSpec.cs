using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Models;

/// <summary>What a model is and where its files are. Fields and meaning follow OME; what is not set is found out from the files.</summary>
public sealed record ModelSpec
{
    /// <summary>Format of the files. Unset: what the files say.</summary>
    public FormatSpec? ModelFormat { get; init; }

    /// <summary>Library that the files were made with.</summary>
    public FormatSpec? ModelFramework { get; init; }

    /// <summary>As <c>model_type</c> of its config.json.</summary>
    public string? ModelType { get; init; }

    /// <summary>As the first of <c>architectures</c> in its config.json.</summary>
    public string? ModelArchitecture { get; init; }

    /// <summary>How the weights are stored, such as <c>fp8</c>, <c>int4</c> or <c>Q8_0</c>.</summary>
    public string? Quantization { get; init; }

    /// <summary>Such as <c>7B</c> or <c>260K</c>.</summary>
    [Pattern(ParameterSize.Expression, ParameterSize.Meaning)]
    public string? ModelParameterSize { get; init; }

    /// <summary>What it can do.</summary>
    [ModelCapability]
    public IReadOnlyList<string>? ModelCapabilities { get; init; }

    /// <summary>Endpoints of the OpenAI API that it can answer.</summary>
    [OneOf(
        "OPENAI_V1_CHAT_COMPLETIONS", "OPENAI_V1_RESPONSES", "OPENAI_V1_EMBEDDINGS", "OPENAI_V1_IMAGES_GENERATIONS", "OPENAI_V1_IMAGES_EDITS",
        "OPENAI_V1_AUDIO_SPEECH", "OPENAI_V1_AUDIO_TRANSCRIPTIONS", "OPENAI_V1_AUDIO_TRANSLATIONS", "OPENAI_V1_REALTIME")]
    public IReadOnlyList<string>? ApiCapabilities { get; init; }

    /// <summary>Extract of its config.json.</summary>
    [RawObject]
    public JsonElement? ModelConfiguration { get; init; }

    /// <summary>Where the files are.</summary>
    [Required]
    public StorageSpec? Storage { get; init; }

    /// <summary>Name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Version of the model, for people and for pinning.</summary>
    public string? Version { get; init; }

    /// <summary>Who made it.</summary>
    public string? Vendor { get; init; }

    /// <summary>Project that it belongs to.</summary>
    public string? CompartmentID { get; init; }

    /// <summary>True: no service may use it.</summary>
    public bool? Disabled { get; init; }

    /// <summary>How it may be served.</summary>
    [OneOf("On-demand", "Dedicated")]
    public IReadOnlyList<string>? ServingMode { get; init; }

    /// <summary>Context length in tokens.</summary>
    [Between(1, int.MaxValue)]
    public int? MaxTokens { get; init; }

    /// <summary>Parts of a diffusion model.</summary>
    public DiffusionPipeline? DiffusionPipeline { get; init; }

    /// <summary>Anything else worth keeping.</summary>
    public IReadOnlyDictionary<string, string>? AdditionalMetadata { get; init; }

    internal IEnumerable<string> Problems() => Storage?.Problems("spec.storage") ?? [];
}

/// <summary>A file format or framework, with a version that runtimes are matched by.</summary>
public sealed record FormatSpec
{
    /// <summary>Such as <c>gguf</c>, <c>safetensors</c> or <c>transformers</c>.</summary>
    [Required(", for example gguf")]
    public string? Name { get; init; }

    /// <summary>Such as <c>1.0.0</c>. Unset: any.</summary>
    public string? Version { get; init; }

    /// <summary>
    /// How a runtime's version must stand to the model's: <c>Equal</c>, <c>GreaterThan</c> or <c>GreaterThanOrEqual</c>. Unset: compatible, which is the
    /// same major version. OME takes <c>Equal</c> where it is unset.
    /// </summary>
    [OneOf("Equal", "GreaterThan", "GreaterThanOrEqual")]
    public string? Operator { get; init; }

    /// <summary>How much a match counts when runtimes are compared. Default 1.</summary>
    [AtLeast(0)]
    public long? Weight { get; init; }
}
