using Orrery.Control.Serving;
using Orrery.Resources.Models;

namespace Orrery.Control.Runtimes;

/// <summary>What selection and fit know of a model. Null: unknown, which is a warning and never a silent mismatch.</summary>
public sealed record ModelFacts(string Name)
{
    public FormatSpec? Format { get; init; }

    public FormatSpec? Framework { get; init; }

    /// <summary>Class of the model, as in config.json's <c>architectures</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>Its family, as in config.json's <c>model_type</c> and in GGUF's <c>general.architecture</c>.</summary>
    public string? ModelType { get; init; }

    public string? Quantization { get; init; }

    /// <summary>Number of weights.</summary>
    public double? Parameters { get; init; }

    public DiffusionPipeline? Pipeline { get; init; }

    /// <summary>The first is what it is there for. Empty: unknown.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>Of all weights with their scales.</summary>
    public long? WeightBytes { get; init; }

    /// <summary>What a sequence keeps in memory.</summary>
    public ModelKvCache? KvCache { get; init; }

    /// <summary>Tokens that it was made for.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>What the spec says, and for the rest what was found in the files.</summary>
    public static ModelFacts Of(ObservedModel model) => new(model.Name)
    {
        Format = model.Spec.ModelFormat ?? (model.Status?.Format is { } format ? new FormatSpec { Name = format } : null),
        Framework = model.Spec.ModelFramework ?? (model.Status?.Framework is { } library ? new FormatSpec { Name = library.Name, Version = library.Version } : null),
        Architecture = model.Spec.ModelArchitecture ?? model.Status?.Architecture,
        ModelType = model.Spec.ModelType ?? model.Status?.ModelType,
        Quantization = model.Spec.Quantization ?? model.Status?.Quantization,
        Parameters = (model.Spec.ModelParameterSize is { } size ? ParameterSize.Parse(size) : null) ?? model.Status?.Parameters,
        Pipeline = model.Spec.DiffusionPipeline ?? model.Status?.DiffusionPipeline,
        Capabilities = model.Spec.ModelCapabilities is { Count: > 0 } said ? said : model.Status?.Capabilities ?? [],
        WeightBytes = model.Status?.WeightBytes ?? model.Status?.SizeBytes,
        KvCache = model.Status?.KvCache,
        ContextTokens = model.Spec.MaxTokens ?? model.Status?.ContextTokens,
    };
}
