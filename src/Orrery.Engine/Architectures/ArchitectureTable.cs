using Orrery.Engine.Architectures.Encoders;
using Orrery.Engine.Decoder;
using Orrery.Models;

namespace Orrery.Engine.Architectures;

/// <summary>The decoder-only transformers that this engine runs.</summary>
internal static class ArchitectureTable
{
    private const string NotCausal = "says that tokens see those behind them, which is not implemented for decoders";

    private static readonly IReadOnlyList<Architecture> All =
    [
        new Llama(), new Mistral(), new Mixtral(), new Qwen2(), new Qwen2Moe(), new Qwen3(), new Qwen3Moe(),
        new Phi3(), new Gemma(), new Gemma2(), new Gemma3(), new Granite(), new Olmoe(), new GptOss(),
    ];

    /// <summary>Reads headers only.</summary>
    /// <exception cref="InvalidModelFileException">The architecture is none of these, or something does not fit together.</exception>
    public static (DecoderConfig Config, TensorNames Names) Read(ModelHeader header)
    {
        var found = Find(header);
        if (header.Truth(Key.IsCausal) is false)
            throw header.Invalid(Key.IsCausal, NotCausal, "Use another model.");
        if (header.Truth(Key.IsBidirectional) is true)
            throw header.Invalid(Key.IsBidirectional, NotCausal, "Use another model.");
        return (found.Configure(header), found.Rename(header.Names, header.IsGguf));
    }

    /// <exception cref="InvalidModelFileException">The architecture is none of these.</exception>
    public static Architecture Find(ModelHeader header)
    {
        if (All.FirstOrDefault(architecture => NameOf(architecture, header.IsGguf) == header.Architecture) is { } found)
            return found;
        throw EncoderTable.Has(header)
            ? header.Invalid(Key.Architecture, $"is '{header.Architecture}', an encoder: it makes embeddings and no text", "Ask it for embeddings, or use another model.")
            : header.UnknownArchitecture(string.Join(", ", Names(header.IsGguf)));
    }

    /// <summary>By the names that one kind of file gives them.</summary>
    public static IEnumerable<string> Names(bool isGguf) => All.Select(architecture => NameOf(architecture, isGguf)).OfType<string>();

    private static string? NameOf(Architecture architecture, bool isGguf) => isGguf ? architecture.GgufName : architecture.JsonName;
}
