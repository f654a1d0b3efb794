using System.Text.Json;
using Orrery.Models.Adapters;
using Orrery.Models.Understanding;
using Orrery.Resources.Models;

namespace Orrery.Cli.Inspecting;

/// <summary>What is understood of a model, in the words of its resource. Pure.</summary>
internal static class FoundModel
{
    private const int MostNotes = 16;

    /// <param name="path">Where engines find it.</param>
    public static ModelStatus Status(string path, ModelSummary summary) => new()
    {
        Format = summary.Format,
        Framework = summary.Framework is { } framework ? new Resources.Models.ModelFramework { Name = framework.Name, Version = framework.Version } : null,
        ModelType = summary.ModelType,
        Architecture = summary.Architecture,
        Quantization = summary.Quantization,
        Parameters = summary.Parameters?.Total,
        ActiveParameters = summary.Parameters?.Active,
        ContextTokens = summary.ContextTokens,
        KvCache = summary.KvCache is { } cache ? KvCache(cache) : null,
        Capabilities = [.. summary.Capabilities.Select(Word)],
        Vendor = summary.Vendor,
        FamilyVendor = summary.FamilyVendor,
        License = summary.License,
        DiffusionPipeline = summary.Pipeline is { } pipeline ? Pipeline(pipeline) : null,
        WeightBytes = summary.WeightBytes,
        SizeBytes = summary.FileBytes,
        Path = path,
        Notes = summary.Notes.IsEmpty ? null : [.. summary.Notes.Take(MostNotes)],
    };

    /// <summary>What is understood of a LoRA adapter.</summary>
    public static ModelStatus Status(AdapterFile adapter) => new()
    {
        Format = "safetensors",
        ModelType = "lora",
        Quantization = adapter.WeightType,
        Parameters = adapter.Modules.Sum(m => m.Weights),
        WeightBytes = adapter.WeightBytes,
        SizeBytes = adapter.FileBytes,
        Path = adapter.Path,
    };

    /// <summary><c>IMAGE_TEXT_TO_TEXT</c>.</summary>
    public static string Word(ModelCapability capability) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(capability.ToString());

    private static ModelKvCache KvCache(KvCacheSize cache) => new()
    {
        BytesPerToken = cache.BytesPerToken,
        WindowedBytesPerToken = cache.WindowTokens > 0 ? cache.WindowedBytesPerToken : null,
        WindowTokens = cache.WindowTokens > 0 ? cache.WindowTokens : null,
        StateBytes = cache.StateBytes > 0 ? cache.StateBytes : null,
    };

    private static DiffusionPipeline Pipeline(PipelineParts pipeline)
    {
        string[] own = ["scheduler", "text_encoder", "tokenizer", "transformer", "vae"];
        PipelineComponent? Part(string name) => pipeline.Parts.TryGetValue(name, out var part) ? Component(part) : null;

        // Older pipelines have a U-net where newer ones have a transformer.
        string denoiser = pipeline.Parts.ContainsKey("transformer") ? "transformer" : "unet";
        var others = pipeline.Parts.Where(part => !own.Contains(part.Key) && part.Key != denoiser).ToDictionary(part => part.Key, part => Component(part.Value));
        return new DiffusionPipeline
        {
            ClassName = pipeline.ClassName,
            Scheduler = Part("scheduler"),
            TextEncoder = Part("text_encoder"),
            Tokenizer = Part("tokenizer"),
            Transformer = Part(denoiser),
            Vae = Part("vae"),
            AdditionalComponents = others.Count > 0 ? others : null,
        };
    }

    private static PipelineComponent Component(PipelinePart part) => new() { Library = part.Library, Type = part.Type };
}
