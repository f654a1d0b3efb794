using System.Collections.Immutable;
using Orrery.Engine.Decoder.Positions;
using Orrery.Models;
using Orrery.Models.Gguf;
using Orrery.Models.Safetensors;

namespace Orrery.Engine.Architectures;

/// <summary>What a model's headers say, asked for by <see cref="Key"/>, whichever kind of file it is. A value that is there but wrong is an error, never absent.</summary>
internal abstract class ModelHeader
{
    /// <summary>As the file names it: <c>llama</c>.</summary>
    public abstract string Architecture { get; }

    public abstract TensorNames Names { get; }

    public abstract bool IsGguf { get; }

    /// <summary>Tokens that have an embedding.</summary>
    public abstract int Vocabulary { get; }

    /// <exception cref="InvalidModelFileException">The file does not say what it is.</exception>
    public static ModelHeader Of(IModelSource source) => source.Origin switch
    {
        GgufFile file => new GgufModelHeader(file),
        SafetensorsModel model => new JsonModelHeader(model),
        _ => throw new ArgumentException($"A {source.Format} model is of no known kind.", nameof(source)),
    };

    /// <summary>Null when absent.</summary>
    public abstract long? Find(Key key, long least, long most);

    /// <summary>Finite. Null when absent.</summary>
    public abstract float? Number(Key key);

    /// <summary>Null when absent.</summary>
    public abstract string? Text(Key key);

    /// <summary>Null when absent.</summary>
    public abstract bool? Truth(Key key);

    /// <summary>Null when absent.</summary>
    public abstract ImmutableArray<string>? Texts(Key key);

    /// <summary>Null when absent.</summary>
    public abstract ImmutableArray<long>? WholeNumbers(Key key);

    /// <summary>How positions enter.</summary>
    /// <param name="headDim">All of it is turned where the file does not say otherwise.</param>
    /// <param name="layers">Which layers are meant, where the file tells kinds of them apart: <c>full_attention</c>.</param>
    public abstract RopeConfig Rope(int headDim, string? layers = null);

    /// <param name="works">The names that would have done.</param>
    public abstract InvalidModelFileException UnknownArchitecture(string works);

    public abstract InvalidModelFileException Invalid(Key key, string problem, string? nextStep = null);

    public InvalidModelFileException Missing(Key key) => Invalid(key, "is missing");

    public int Whole(Key key, int most) => (int)(Find(key, 1, most) ?? throw Missing(key));

    public int Whole(Key key, int most, int fallback) => (int)(Find(key, 1, most) ?? fallback);

    /// <summary>Null when absent or 0, which some converters write for "none".</summary>
    public float? NonZero(Key key) => Number(key) is { } number && number != 0 ? number : null;
}
