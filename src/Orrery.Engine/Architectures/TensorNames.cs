using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>
/// How one kind of file names the weights. Names of a layer stand behind <see cref="Layer"/>; where a weight has a bias the name is the
/// stem in front of <c>.weight</c> and <c>.bias</c>. Architectures change single entries.
/// </summary>
internal sealed record TensorNames
{
    public required string Embedding { get; init; }
    public required string OutputNorm { get; init; }
    public required string Output { get; init; }
    public required Func<int, string> Layer { get; init; }

    // :: Attention
    public required string AttentionNorm { get; init; }
    public required string Query { get; init; }
    public required string Key { get; init; }
    public required string Value { get; init; }
    public required string Qkv { get; init; }
    public required string QueryNorm { get; init; }
    public required string KeyNorm { get; init; }
    public required string Sinks { get; init; }
    public required string AttentionOutput { get; init; }
    public required string PostAttentionNorm { get; init; }

    // :: Feed-forward
    public required string FfnNorm { get; init; }
    public required string Gate { get; init; }
    public required string Up { get; init; }
    public required string GateUp { get; init; }
    public required string Down { get; init; }
    public required string PostFfnNorm { get; init; }

    // :: Mixture of experts
    public required string Router { get; init; }
    public required ExpertNames Experts { get; init; }
    public required string SharedRouter { get; init; }
    public required string SharedGate { get; init; }
    public required string SharedUp { get; init; }
    public required string SharedDown { get; init; }

    /// <summary>Tensors that hold nothing to compute with.</summary>
    public required Func<string, bool> IsIdle { get; init; }

    /// <summary>Whether a part of the model with these layers holds this tensor. One that belongs to no layer is in the first and in the last.</summary>
    public bool IsIn(string tensor, LayerRange range, int layers)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            if (tensor.StartsWith(Layer(layer), StringComparison.Ordinal))
                return range.Contains(layer);
        }
        return tensor == Embedding ? range.First == 0 || range.End == layers : range.End == layers;
    }

    /// <summary>After the tensor names of llama.cpp's <c>gguf-py</c>. All architectures share them.</summary>
    public static TensorNames Gguf { get; } = new()
    {
        Embedding = "token_embd.weight",
        OutputNorm = "output_norm.weight",
        Output = "output.weight",
        Layer = layer => $"blk.{layer}.",
        AttentionNorm = "attn_norm.weight",
        Query = "attn_q",
        Key = "attn_k",
        Value = "attn_v",
        Qkv = "attn_qkv",
        QueryNorm = "attn_q_norm.weight",
        KeyNorm = "attn_k_norm.weight",
        Sinks = "attn_sinks.weight",
        AttentionOutput = "attn_output",
        PostAttentionNorm = "post_attention_norm.weight",
        FfnNorm = "ffn_norm.weight",
        Gate = "ffn_gate",
        Up = "ffn_up",
        GateUp = "ffn_up",
        Down = "ffn_down",
        PostFfnNorm = "post_ffw_norm.weight",
        Router = "ffn_gate_inp",
        Experts = new ExpertNames.Stacked("ffn_gate_exps", "ffn_up_exps", "ffn_down_exps"),
        SharedRouter = "ffn_gate_inp_shexp",
        SharedGate = "ffn_gate_shexp",
        SharedUp = "ffn_up_shexp",
        SharedDown = "ffn_down_shexp",

        // Scales of activations are for backends that round these to 4 bits; cls ranks texts and makes none; rope factors are read with the header.
        IsIdle = name => name.EndsWith(".input_scale", StringComparison.Ordinal)
            || name is "cls.output.weight" or "rope_freqs.weight" or "rope_factors_long.weight" or "rope_factors_short.weight",
    };

    /// <summary>As most architectures of Hugging Face's transformers name them.</summary>
    /// <param name="prefix"><c>model.</c>, or nothing in files that hold a base model alone.</param>
    public static TensorNames HuggingFace(string prefix) => new()
    {
        Embedding = prefix + "embed_tokens.weight",
        OutputNorm = prefix + "norm.weight",
        Output = "lm_head.weight",
        Layer = layer => $"{prefix}layers.{layer}.",
        AttentionNorm = "input_layernorm.weight",
        Query = "self_attn.q_proj",
        Key = "self_attn.k_proj",
        Value = "self_attn.v_proj",
        Qkv = "self_attn.qkv_proj",
        QueryNorm = "self_attn.q_norm.weight",
        KeyNorm = "self_attn.k_norm.weight",
        Sinks = "self_attn.sinks",
        AttentionOutput = "self_attn.o_proj",
        PostAttentionNorm = "post_attention_layernorm.weight",
        FfnNorm = "post_attention_layernorm.weight",
        Gate = "mlp.gate_proj",
        Up = "mlp.up_proj",
        GateUp = "mlp.gate_up_proj",
        Down = "mlp.down_proj",
        PostFfnNorm = "post_feedforward_layernorm.weight",
        Router = "mlp.gate",
        Experts = new ExpertNames.Single(expert => $"mlp.experts.{expert}.", "gate_proj", "up_proj", "down_proj"),
        SharedRouter = "mlp.shared_expert_gate",
        SharedGate = "mlp.shared_expert.gate_proj",
        SharedUp = "mlp.shared_expert.up_proj",
        SharedDown = "mlp.shared_expert.down_proj",
        IsIdle = name => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal),       // old files keep this table; it follows from the config
    };
}

/// <summary>How the experts of a layer are stored. One of the nested cases.</summary>
internal abstract record ExpertNames
{
    /// <summary>All experts of a kind in one tensor, [experts, rows, cols].</summary>
    public sealed record Stacked(string Gate, string Up, string Down) : ExpertNames;

    /// <summary>A tensor for each.</summary>
    public sealed record Single(Func<int, string> Expert, string Gate, string Up, string Down) : ExpertNames;

    /// <summary>Gate and up rows in turns in one tensor, [experts, 2 * ffnDim, dim], with biases beside them.</summary>
    public sealed record Interleaved(string GateUp, string GateUpBias, string Down, string DownBias) : ExpertNames;
}
