using Orrery.Engine.Encoder;
using Orrery.Models;

namespace Orrery.Engine.Architectures.Encoders;

/// <summary>The encoders that this engine runs.</summary>
internal static class EncoderTable
{
    private static readonly IReadOnlyList<EncoderArchitecture> All = [new Bert(), new Roberta(), new XlmRoberta(), new DistilBert()];

    public static bool Has(ModelHeader header) => Find(header) is not null;

    /// <summary>Reads headers only. Null: it is no encoder.</summary>
    /// <exception cref="InvalidModelFileException">Something does not fit together.</exception>
    public static (EncoderConfig Config, EncoderNames Names)? Read(ModelHeader header, IModelSource source)
        => Find(header) is { } found ? (found.Configure(header, source), found.NamesIn(header, source)) : null;

    /// <summary>By the names that one kind of file gives them.</summary>
    public static IEnumerable<string> Names(bool isGguf) => All.Select(architecture => isGguf ? architecture.GgufName : architecture.JsonName).OfType<string>();

    private static EncoderArchitecture? Find(ModelHeader header) => All.FirstOrDefault(architecture => NameOf(architecture, header) == header.Architecture);

    private static string? NameOf(EncoderArchitecture architecture, ModelHeader header) => header.IsGguf ? architecture.GgufName : architecture.JsonName;
}
