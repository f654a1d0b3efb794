using Orrery.Models;
using Orrery.Models.Gguf;
using Orrery.Models.Safetensors;

namespace Orrery.Engine.Llama;

/// <summary>The constants of a llama model, from the metadata of its files.</summary>
internal sealed record LlamaConfig
{
    /// <summary>Width of the hidden state.</summary>
    public required int Dim { get; init; }

    public required int Layers { get; init; }

    /// <summary>Query heads. Each <c>Heads / KvHeads</c> of them share a key and value head (arXiv 2305.13245).</summary>
    public required int Heads { get; init; }

    public required int KvHeads { get; init; }

    public required int HeadDim { get; init; }

    /// <summary>Width between the two halves of the feed-forward part.</summary>
    public required int FfnDim { get; init; }

    public required int Vocabulary { get; init; }

    /// <summary>That the model was made for.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Leading dimensions of each head that carry the position. Even.</summary>
    public required int RopeDims { get; init; }

    /// <summary>A dimension is paired with one half of <see cref="RopeDims"/> further on instead of with its neighbour.</summary>
    public bool RopeHalves { get; init; }

    public required float RopeBase { get; init; }

    public required float NormEpsilon { get; init; }

    /// <summary>The output matrix is the embedding, whatever else the files hold.</summary>
    public bool TiedOutput { get; init; }

    public int QueryDim => Heads * HeadDim;

    public int KvDim => KvHeads * HeadDim;

    /// <exception cref="InvalidModelFileException">Something is missing, does not fit together, or is not implemented.</exception>
    public static LlamaConfig Read(IModelSource source) => source switch
    {
        GgufFile file => GgufLlama.ReadConfig(file),
        SafetensorsModel model => HuggingFaceLlama.ReadConfig(model),
        _ => throw new ArgumentException($"A {source.Format} model is of no known kind.", nameof(source)),
    };

    /// <summary>The first thing that does not fit together, with the key at fault; null when all does.</summary>
    /// <param name="keys">How the file names its keys.</param>
    public (string Key, string Problem)? FirstProblem(LlamaKeys keys)
    {
        if (HeadDim is < 1 or > 1 << 12)
            return (keys.Heads, $"is {Heads} for an embedding of {Dim}, which leaves heads of {HeadDim}");
        if (Heads % KvHeads != 0)
            return (keys.KvHeads, $"is {KvHeads}, which does not divide the {Heads} query heads");
        if (RopeDims > HeadDim || RopeDims % 2 != 0)
            return (keys.RopeDims, $"is {RopeDims}; it must be even and at most the head size {HeadDim}");
        if (RopeBase <= 0)
            return (keys.RopeBase, $"is {RopeBase}; it must be above 0");
        if (NormEpsilon < 0)
            return (keys.NormEpsilon, $"is {NormEpsilon}; it must be 0 or more");
        return null;
    }
}

/// <summary>Names of keys in one kind of file.</summary>
internal sealed record LlamaKeys(string Heads, string KvHeads, string RopeDims, string RopeBase, string NormEpsilon);
