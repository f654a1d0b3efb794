using Orrery.Models;
using Orrery.Models.Gguf;

namespace Orrery.Engine.Llama;

/// <summary>The constants of a llama model, from the metadata of its file.</summary>
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

    public required float RopeBase { get; init; }

    public required float NormEpsilon { get; init; }

    public int QueryDim => Heads * HeadDim;

    public int KvDim => KvHeads * HeadDim;

    /// <exception cref="InvalidModelFileException">Something is missing, does not fit together, or is not implemented.</exception>
    public static LlamaConfig Read(GgufFile file)
    {
        var metadata = file.Metadata;
        int Required(string key, int most) => (int)(metadata.WholeNumber(key, 1, most) ?? throw metadata.Missing(key));
        int Optional(string key, int most, int fallback) => (int)(metadata.WholeNumber(key, 1, most) ?? fallback);

        int dim = Required("llama.embedding_length", 1 << 20);
        int heads = Required("llama.attention.head_count", 1 << 12);
        int headDim = Optional("llama.attention.key_length", 1 << 12, dim / heads);
        var config = new LlamaConfig
        {
            Dim = dim,
            Layers = Required("llama.block_count", 1 << 12),
            Heads = heads,
            KvHeads = Optional("llama.attention.head_count_kv", heads, heads),
            HeadDim = headDim,
            FfnDim = Required("llama.feed_forward_length", 1 << 24),
            Vocabulary = VocabularyOf(file),
            ContextTokens = Required("llama.context_length", int.MaxValue),
            RopeDims = Optional("llama.rope.dimension_count", 1 << 12, headDim),
            RopeBase = metadata.Number("llama.rope.freq_base") ?? 10_000,
            NormEpsilon = metadata.Number("llama.attention.layer_norm_rms_epsilon") ?? throw metadata.Missing("llama.attention.layer_norm_rms_epsilon"),
        };
        config.CheckFit(metadata);
        return config;
    }

    private void CheckFit(GgufMetadata metadata)
    {
        if (HeadDim is < 1 or > 1 << 12)
            throw metadata.Invalid("llama.attention.head_count", $"is {Heads} for an embedding of {Dim}, which leaves heads of {HeadDim}");
        if (Heads % KvHeads != 0)
            throw metadata.Invalid("llama.attention.head_count_kv", $"is {KvHeads}, which does not divide the {Heads} query heads");
        if (RopeDims > HeadDim || RopeDims % 2 != 0)
            throw metadata.Invalid("llama.rope.dimension_count", $"is {RopeDims}; it must be even and at most the head size {HeadDim}");
        if (RopeBase <= 0)
            throw metadata.Invalid("llama.rope.freq_base", $"is {RopeBase}; it must be above 0");
        if (NormEpsilon < 0)
            throw metadata.Invalid("llama.attention.layer_norm_rms_epsilon", $"is {NormEpsilon}; it must be 0 or more");
        if (metadata.WholeNumber("llama.attention.value_length", 1, 1 << 12) is { } valueDim && valueDim != HeadDim)
            throw metadata.Invalid("llama.attention.value_length", $"is {valueDim}; values of another size than keys ({HeadDim}) are not implemented", "Use another model.");

        // Some converters write every key: linear scaling by 0 or 1 is none.
        bool scales = metadata.Number("llama.rope.scaling.factor") is not (null or 0 or 1);
        if (metadata.Text("llama.rope.scaling.type") is { } scaling && scaling != "none" && (scaling != "linear" || scales))
            throw metadata.Invalid("llama.rope.scaling.type", $"is {scaling}, which is not implemented", "Use a model without rope scaling.");
    }

    private static int VocabularyOf(GgufFile file)
    {
        const string Name = "token_embd.weight";
        if (!file.Header.Tensors.TryGetValue(Name, out var tensor))
            throw file.Invalid(Name, "is missing", "Convert the model again.");
        if (tensor.Shape.Length != 2 || tensor.Shape[1] > 1 << 24)
            throw file.Invalid(Name, $"has shape {tensor.ShapeText}; two dimensions are needed, the second being the vocabulary", "Convert the model again.");
        return (int)tensor.Shape[1];
    }
}
