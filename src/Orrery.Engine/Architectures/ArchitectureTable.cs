using Orrery.Engine.Decoder;
using Orrery.Models;

namespace Orrery.Engine.Architectures;

/// <summary>The decoder-only transformers that this engine runs.</summary>
internal static class ArchitectureTable
{
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
        return (found.Configure(header), found.Rename(header.Names, header.IsGguf));
    }

    /// <summary>How transformers names the modules of the same model, without <c>model.</c> in front.</summary>
    public static TensorNames Modules(ModelHeader header, DecoderConfig config) => Find(header).Modules(config);

    private static Architecture Find(ModelHeader header)
    {
        string Name(Architecture architecture) => (header.IsGguf ? architecture.GgufName : architecture.JsonName) ?? "";
        return All.FirstOrDefault(architecture => Name(architecture) == header.Architecture)
            ?? throw header.UnknownArchitecture(string.Join(", ", All.Select(Name).Where(name => name.Length > 0)));
    }
}
