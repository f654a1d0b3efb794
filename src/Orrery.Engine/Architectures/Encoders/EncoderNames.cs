namespace Orrery.Engine.Architectures.Encoders;

/// <summary>
/// How one kind of file names an encoder's weights. Names of a layer stand behind <see cref="Layer"/>. Tables have their whole name; linear maps and
/// norms the stem in front of <c>.weight</c> and <c>.bias</c>.
/// </summary>
internal sealed record EncoderNames
{
    public required string Tokens { get; init; }
    public required string Positions { get; init; }
    public required string TokenTypes { get; init; }
    public required string EmbeddingNorm { get; init; }
    public required Func<int, string> Layer { get; init; }
    public required string Query { get; init; }
    public required string Key { get; init; }
    public required string Value { get; init; }
    public required string AttentionOutput { get; init; }
    public required string AttentionNorm { get; init; }
    public required string Up { get; init; }
    public required string Down { get; init; }
    public required string FfnNorm { get; init; }

    /// <summary>Tensors that no embedding is computed with.</summary>
    public required Func<string, bool> IsIdle { get; init; }

    /// <summary>After the tensor names of llama.cpp's <c>gguf-py</c>.</summary>
    public static EncoderNames Gguf { get; } = new()
    {
        Tokens = "token_embd.weight",
        Positions = "position_embd.weight",
        TokenTypes = "token_types.weight",
        EmbeddingNorm = "token_embd_norm",
        Layer = layer => $"blk.{layer}.",
        Query = "attn_q",
        Key = "attn_k",
        Value = "attn_v",
        AttentionOutput = "attn_output",
        AttentionNorm = "attn_output_norm",
        Up = "ffn_up",
        Down = "ffn_down",
        FfnNorm = "layer_output_norm",

        // Heads that rank or classify.
        IsIdle = name => name.StartsWith("cls.", StringComparison.Ordinal),
    };

    /// <summary>As transformers names those of BERT and what descends from it.</summary>
    /// <param name="prefix">Of the encoder in a model with heads; of the base model alone nothing.</param>
    public static EncoderNames HuggingFace(string prefix) => new()
    {
        Tokens = prefix + "embeddings.word_embeddings.weight",
        Positions = prefix + "embeddings.position_embeddings.weight",
        TokenTypes = prefix + "embeddings.token_type_embeddings.weight",
        EmbeddingNorm = prefix + "embeddings.LayerNorm",
        Layer = layer => $"{prefix}encoder.layer.{layer}.",
        Query = "attention.self.query",
        Key = "attention.self.key",
        Value = "attention.self.value",
        AttentionOutput = "attention.output.dense",
        AttentionNorm = "attention.output.LayerNorm",
        Up = "intermediate.dense",
        Down = "output.dense",
        FfnNorm = "output.LayerNorm",
        IsIdle = name => name == prefix + "embeddings.position_ids" || IsHead(name, prefix),
    };

    /// <summary>What stands behind an encoder for other tasks: predicting words, classifying, and a layer over the first token that these two use.</summary>
    private static bool IsHead(string name, string prefix)
    {
        string[] heads = [prefix + "pooler.", "cls.", "lm_head.", "classifier.", "pre_classifier.", "qa_outputs.", "vocab_transform.", "vocab_layer_norm.", "vocab_projector."];
        return heads.Any(head => name.StartsWith(head, StringComparison.Ordinal));
    }
}
