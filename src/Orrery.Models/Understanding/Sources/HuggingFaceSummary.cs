using System.Collections.Immutable;
using Orrery.Models.Json;
using Orrery.Models.Safetensors;
using Orrery.Models.Understanding.Abilities;
using Orrery.Models.Understanding.Cards;
using Orrery.Models.Understanding.Estimates;
using Orrery.Models.Understanding.Families;
using Orrery.Models.Understanding.Shapes;
using Orrery.Models.Understanding.Weights;

namespace Orrery.Models.Understanding.Sources;

/// <summary>
/// From documents to a summary. Pure.
/// <code>
///   config.json ─▶ text config ─▶ shape ─┬▶ context, KV cache
///                                        └▶ estimate ─┐
///   headers ─▶ forms ─▶ counted weights ──────────────┴▶ parameters
///   classes, templates, card ─▶ capabilities, licence
/// </code>
/// </summary>
internal static class HuggingFaceSummary
{
    public static ModelSummary Of(ModelDocuments documents)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        var json = JsonFile.Parse(documents.ConfigPath, documents.Config);
        var config = TextConfig.Of(new ModelConfig(json));
        var method = QuantizationMethod.Read(json, documents.QuantizationConfig is { } beside ? JsonFile.Parse(documents.QuantizationConfigPath, beside) : null);
        var card = documents.Card is { } text ? ModelCard.Parse(text) : null;
        ImmutableArray<string> architectures = config.Root.Texts("architectures") ?? [];
        if (!config.IsKnown)
            notes.Add($"model_type {InvalidModelFileException.Quote(config.ModelType ?? "")} is not known here: it was read by the keys that most families use");

        // :: What it is for
        var capabilities = CapabilityRules.Of(new ModelEvidence(documents.Name, architectures, FamilyTable.Find(config.ModelType)?.Role ?? config.Family.Role)
        {
            Config = config.Root,
            Templates = documents.ChatTemplates,
            NamesPooling = documents.SentenceModules.Contains("Pooling"),
            NamesRanking = config.Root.Contains("sentence_transformers") && architectures.Any(CapabilityRules.IsMark),
            PipelineTag = card?.PipelineTag,
        });

        // :: How large it is
        var shape = ShapeOf(config, notes);
        var context = ContextOf(config, notes);
        var parameters = ParameterSources.Of(documents, config, shape, method, HeadOf(architectures, capabilities, config), notes);

        return new ModelSummary
        {
            Name = documents.Name,
            Format = !documents.Weights.IsEmpty ? "safetensors" : documents.OtherBytes > 0 ? "pytorch" : null,
            Framework = new ModelFramework("transformers", config.Root.TextIf("transformers_version")),
            ModelType = config.ModelType,
            Architecture = architectures.FirstOrDefault() ?? config.ModelType,
            IsKnown = config.IsKnown,
            FamilyVendor = FamilyTable.VendorOf(config.ModelType),
            License = card?.License ?? config.Root.TextIf("license"),
            Parameters = parameters.Count,
            Quantization = method.Name ?? parameters.Count?.MainType ?? ParameterSources.TypeOf(config),
            ContextTokens = context.Tokens,
            RopeScaling = context.Scaling,
            KvCache = shape is null ? null : KvCacheEstimate.Of(shape, context.Tokens),
            Capabilities = capabilities,
            WeightBytes = parameters.Bytes,
            FileBytes = documents.Weights.Sum(file => file.FileBytes) + documents.OtherBytes,
            Notes = notes.ToImmutable(),
        };
    }

    /// <summary>A known family with a value that cannot be is broken; an unknown one may only mean something else by it.</summary>
    private static TextShape? ShapeOf(TextConfig config, ImmutableArray<string>.Builder notes)
    {
        try
        {
            var shape = TextShapeReader.Read(config);
            if (shape?.UnknownState is { } note)
                notes.Add(note);
            return shape;
        }
        catch (InvalidModelFileException e) when (!config.IsKnown)
        {
            notes.Add($"sizes were not understood: {e.Subject} is not what other families have there");
            return null;
        }
    }

    private static ContextLength ContextOf(TextConfig config, ImmutableArray<string>.Builder notes)
    {
        try
        {
            return ContextLength.Of(config);
        }
        catch (InvalidModelFileException e) when (!config.IsKnown)
        {
            notes.Add($"the context was not understood: {e.Subject} is not what other families have there");
            return new ContextLength(null, null);
        }
    }

    /// <summary>Embedding models are saved without the output matrix by the library that makes them; those that only see both ways keep it.</summary>
    private static ModelHead HeadOf(ImmutableArray<string> architectures, ImmutableArray<ModelCapability> capabilities, TextConfig config)
    {
        if (architectures.Any(CapabilityRules.IsMark))
            return ModelHead.Mark;
        bool isEmbedder = capabilities is [ModelCapability.Embedding, ..] && !config.Root.Is("is_causal", false);
        return isEmbedder || architectures.Any(CapabilityRules.IsBare) ? ModelHead.None : ModelHead.Words;
    }
}
