using System.Collections.Immutable;
using Orrery.Models.Gguf;
using Orrery.Models.Understanding.Sources;

namespace Orrery.Models.Understanding;

/// <summary>
/// What a model is, by its small files and headers alone: no weight is read and nothing is asked of a network.
/// What the files do not say is null, or estimated where that is said. Texts are one line each, whatever the files hold there.
/// </summary>
public sealed record ModelSummary
{
    // Longer than any name that means something.
    private const int MostTextChars = 256;

    /// <summary>From the metadata, else the name of the file without extension, or of the folder.</summary>
    public required string Name { get; init; }

    /// <summary><c>gguf</c>, <c>safetensors</c>, <c>diffusers</c> or <c>pytorch</c>. Null: no weights are there.</summary>
    public string? Format { get; init; }

    /// <summary>The library that the files were made with. Null for GGUF, which is nobody's alone.</summary>
    public ModelFramework? Framework { get; init; }

    /// <summary><c>model_type</c> of config.json or <c>general.architecture</c> of a GGUF file: <c>qwen2</c>.</summary>
    public string? ModelType { get; init; }

    /// <summary>The first of <c>architectures</c> in config.json, or the class of a pipeline: <c>Qwen2ForCausalLM</c>. Where there is none, the model type.</summary>
    public string? Architecture { get; init; }

    /// <summary>The model type is one whose keys are known here. False: it was read by the keys that most families use, and figures may be off.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Who made it, where the files say so.</summary>
    public string? Vendor { get; init; }

    /// <summary>Who made the family, whose models others train further.</summary>
    public string? FamilyVendor { get; init; }

    /// <summary>As the model card or the GGUF file has it: <c>apache-2.0</c>.</summary>
    public string? License { get; init; }

    /// <summary>Null: there are no weights, and the config says too little.</summary>
    public ParameterCount? Parameters { get; init; }

    /// <summary>The method of quantization where there is one (<c>gptq</c>, <c>fp8</c>), else the type of most weights (<c>BF16</c>, <c>Q8_0</c>).</summary>
    public string? Quantization { get; init; }

    /// <summary>Tokens that it was made for, stretched by rope scaling where the files count without it.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>How positions are stretched: <c>yarn</c>, <c>llama3</c>, <c>longrope</c>. Null: not.</summary>
    public string? RopeScaling { get; init; }

    /// <summary>What a sequence keeps in memory. Null: nothing (an encoder), or unknown.</summary>
    public KvCacheSize? KvCache { get; init; }

    /// <summary>The first is what it is there for. Empty: something that there is no word for.</summary>
    public ImmutableArray<ModelCapability> Capabilities { get; init; } = [];

    /// <summary>Parts of a diffusion model. Null: it is none.</summary>
    public PipelineParts? Pipeline { get; init; }

    /// <summary>Of the weights with their scales, without headers; estimated where the parameters are.</summary>
    public long? WeightBytes { get; init; }

    /// <summary>Of all files with weights.</summary>
    public long FileBytes { get; init; }

    /// <summary>What a reader should know of how this was found: sentences without a period.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Reads headers only, whatever the size of the model.</summary>
    /// <param name="path">
    /// A GGUF file, or any part of a split one; a safetensors file or index with <c>config.json</c> beside it; a folder with any of these, with <c>config.json</c>
    /// alone, or with the <c>model_index.json</c> of a diffusers pipeline.
    /// </param>
    /// <exception cref="InvalidModelFileException">Not there, damaged, or not a model.</exception>
    public static ModelSummary Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return PipelineFolder.IsAt(path) ? PipelineFolder.Read(path).Shown()
            : ModelFolder.IsAt(path) ? ModelFolder.Read(path)
            : Read(ModelSource.Open(path));
    }

    /// <summary>The same from documents that may lie anywhere.</summary>
    /// <exception cref="InvalidModelFileException">One of them is damaged; names it.</exception>
    public static ModelSummary Of(ModelDocuments documents) => HuggingFaceSummary.Of(documents).Shown();

    /// <exception cref="InvalidModelFileException">It is no model.</exception>
    public static ModelSummary Of(GgufFile file) => GgufSummary.Of(file).Shown();

    private static ModelSummary Read(IModelSource source)
    {
        using (source)
            return Of((GgufFile)source);
    }

    private ModelSummary Shown() => this with
    {
        Name = OneLine.Of(Name, MostTextChars),
        Framework = Framework is { } framework ? framework with { Version = Line(framework.Version) } : null,
        ModelType = Line(ModelType),
        Architecture = Line(Architecture),
        Vendor = Line(Vendor),
        License = Line(License),
        Quantization = Line(Quantization),
        RopeScaling = Line(RopeScaling),
        Pipeline = Pipeline is { } pipeline
            ? new PipelineParts(OneLine.Of(pipeline.ClassName, MostTextChars), pipeline.Parts.ToImmutableSortedDictionary(part => part.Key, part => Line(part.Value), StringComparer.Ordinal))
            : null,
        Notes = [.. Notes.Select(note => OneLine.Of(note, MostTextChars))],
    };

    private static string? Line(string? text) => text is null ? null : OneLine.Of(text, MostTextChars);

    private static PipelinePart Line(PipelinePart part) => part with { Library = OneLine.Of(part.Library, MostTextChars), Type = OneLine.Of(part.Type, MostTextChars) };
}

/// <summary>A library, as <c>transformers</c> or <c>diffusers</c>.</summary>
/// <param name="Version">Null: not said.</param>
public sealed record ModelFramework(string Name, string? Version);
