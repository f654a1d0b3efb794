using System.Collections.Immutable;
using Orrery.Models.Safetensors;
using Orrery.Models.Understanding.Abilities;

namespace Orrery.Models.Understanding;

/// <summary>The small files of a model as Hugging Face lays it out, wherever they came from, and the headers of its weights.</summary>
/// <param name="Name">Of the model, for people and as the last resort of guesses.</param>
/// <param name="Config">What is in config.json.</param>
public sealed record ModelDocuments(string Name, ReadOnlyMemory<byte> Config)
{
    /// <summary>Names config.json in errors.</summary>
    public string ConfigPath { get; init; } = "config.json";

    /// <summary>What is in model.safetensors.index.json.</summary>
    public ReadOnlyMemory<byte>? Index { get; init; }

    /// <summary>Names the index in errors.</summary>
    public string IndexPath { get; init; } = SafetensorsModel.IndexName;

    /// <summary>Of every file with weights, or none of them.</summary>
    public ImmutableArray<WeightHeader> Weights { get; init; } = [];

    /// <summary>Of files with weights that are there and not read: PyTorch's.</summary>
    public long OtherBytes { get; init; }

    /// <summary>What is in hf_quant_config.json.</summary>
    public ReadOnlyMemory<byte>? QuantizationConfig { get; init; }

    /// <summary>Names it in errors.</summary>
    public string QuantizationConfigPath { get; init; } = "hf_quant_config.json";

    public ImmutableArray<NamedTemplate> ChatTemplates { get; init; } = [];

    /// <summary>Steps of sentence-transformers, from modules.json: <c>Transformer</c>, <c>Pooling</c>.</summary>
    public ImmutableArray<string> SentenceModules { get; init; } = [];

    /// <summary>The beginning of README.md.</summary>
    public string? Card { get; init; }
}

/// <summary>The header of a safetensors file.</summary>
public sealed class WeightHeader
{
    private WeightHeader(string file, long fileBytes, SafetensorsHeader header) => (File, FileBytes, Header) = (file, fileBytes, header);

    public string File { get; }

    public long FileBytes { get; }

    internal SafetensorsHeader Header { get; }

    /// <param name="file">Names it in errors.</param>
    /// <param name="start">The file, or as much of its start as holds the header: 8 bytes of length and then so many.</param>
    /// <param name="fileBytes">Of the whole file.</param>
    /// <exception cref="InvalidModelFileException">Anything at all is wrong.</exception>
    public static WeightHeader Read(string file, ReadOnlySpan<byte> start, long fileBytes) => new(file, fileBytes, SafetensorsHeader.Read(start, fileBytes, file));
}
