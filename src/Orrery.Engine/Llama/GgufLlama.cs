using Orrery.Models.Gguf;

namespace Orrery.Engine.Llama;

/// <summary>Keys and names of llama GGUF files.</summary>
internal static class GgufLlama
{
    private static readonly LlamaKeys Keys = new(
        Heads: "llama.attention.head_count",
        KvHeads: "llama.attention.head_count_kv",
        RopeDims: "llama.rope.dimension_count",
        RopeBase: "llama.rope.freq_base",
        NormEpsilon: "llama.attention.layer_norm_rms_epsilon");

    public static LlamaNames Names { get; } = new()
    {
        Embedding = "token_embd.weight",
        OutputNorm = "output_norm.weight",
        Output = "output.weight",
        Layer = layer => $"blk.{layer}.",
        AttentionNorm = "attn_norm.weight",
        Query = "attn_q.weight",
        Key = "attn_k.weight",
        Value = "attn_v.weight",
        AttentionOutput = "attn_output.weight",
        FfnNorm = "ffn_norm.weight",
        Gate = "ffn_gate.weight",
        Up = "ffn_up.weight",
        Down = "ffn_down.weight",
    };

    public static LlamaConfig ReadConfig(GgufFile file)
    {
        const string Key = "general.architecture";
        var metadata = file.Metadata;
        string architecture = metadata.Text(Key) ?? throw metadata.Missing(Key);
        if (architecture != "llama")
            throw metadata.Invalid(Key, $"is '{architecture}', which is not implemented", "Architectures that work: llama.");

        int Required(string key, int most) => (int)(metadata.WholeNumber(key, 1, most) ?? throw metadata.Missing(key));
        int Optional(string key, int most, int fallback) => (int)(metadata.WholeNumber(key, 1, most) ?? fallback);

        int dim = Required("llama.embedding_length", 1 << 20);
        int heads = Required(Keys.Heads, 1 << 12);
        int headDim = Optional("llama.attention.key_length", 1 << 12, dim / heads);
        var config = new LlamaConfig
        {
            Dim = dim,
            Layers = Required("llama.block_count", 1 << 12),
            Heads = heads,
            KvHeads = Optional(Keys.KvHeads, heads, heads),
            HeadDim = headDim,
            FfnDim = Required("llama.feed_forward_length", 1 << 24),
            Vocabulary = VocabularyOf(file),
            ContextTokens = Required("llama.context_length", int.MaxValue),
            RopeDims = Optional(Keys.RopeDims, 1 << 12, headDim),
            RopeBase = metadata.Number(Keys.RopeBase) ?? 10_000,
            NormEpsilon = metadata.Number(Keys.NormEpsilon) ?? throw metadata.Missing(Keys.NormEpsilon),
        };
        if (config.FirstProblem(Keys) is var (at, problem))
            throw metadata.Invalid(at, problem);
        CheckImplemented(metadata, config);
        return config;
    }

    private static void CheckImplemented(GgufMetadata metadata, LlamaConfig config)
    {
        if (metadata.WholeNumber("llama.attention.value_length", 1, 1 << 12) is { } valueDim && valueDim != config.HeadDim)
            throw metadata.Invalid("llama.attention.value_length", $"is {valueDim}; values of another size than keys ({config.HeadDim}) are not implemented", "Use another model.");

        // Some converters write every key: linear scaling by 0 or 1 is none.
        bool scales = metadata.Number("llama.rope.scaling.factor") is not (null or 0 or 1);
        if (metadata.Text("llama.rope.scaling.type") is { } scaling && scaling != "none" && (scaling != "linear" || scales))
            throw metadata.Invalid("llama.rope.scaling.type", $"is {scaling}, which is not implemented", "Use a model without rope scaling.");
    }

    private static int VocabularyOf(GgufFile file)
    {
        if (!file.Header.Tensors.TryGetValue(Names.Embedding, out var tensor))
            throw file.Invalid(Names.Embedding, "is missing", "Convert the model again.");
        if (tensor.Shape.Length != 2 || tensor.Shape[1] > 1 << 24)
            throw file.Invalid(Names.Embedding, $"has shape {tensor.ShapeText}; two dimensions are needed, the second being the vocabulary", "Convert the model again.");
        return (int)tensor.Shape[1];
    }
}
