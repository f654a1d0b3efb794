using Orrery.Models.Safetensors;

namespace Orrery.Models.Understanding.Shapes;

/// <summary>
/// The names that families give the same thing. The bounds keep every product of these numbers within 64 bits, and are above
/// what any model has.
/// </summary>
internal static class ConfigKeys
{
    public const int MostHidden = 1 << 17, MostFfn = 1 << 20, MostLayers = 1 << 10, MostHeads = 1 << 12, MostHeadDim = 1 << 12, MostExperts = 1 << 12, MostVocabulary = 1 << 24;

    public static readonly string[] Hidden = ["hidden_size", "d_model", "n_embd", "n_embed", "dim", "model_dim"];
    public static readonly string[] Layers = ["num_hidden_layers", "num_layers", "n_layer", "n_layers"];
    public static readonly string[] Heads = ["num_attention_heads", "n_head", "n_heads", "num_heads"];
    public static readonly string[] KvHeads = ["num_key_value_heads", "num_kv_heads", "n_head_kv", "kv_n_heads"];
    public static readonly string[] HeadDim = ["head_dim", "kv_channels", "attention_head_dim"];
    public static readonly string[] Ffn = ["intermediate_size", "ffn_hidden_size", "ff_intermediate_size", "ffn_dim", "n_inner", "d_ff", "hidden_dim"];
    public static readonly string[] Vocabulary = ["padded_vocab_size", "vocab_size", "n_vocab"];
    public static readonly string[] Experts = ["num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", "num_routed_experts"];
    public static readonly string[] ExpertsUsed = ["num_experts_per_tok", "experts_per_token", "num_experts_per_token", "moe_top_k", "moe_k", "moe_topk", "top_k_experts"];
    public static readonly string[] Context =
        ["max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "model_max_length", "n_ctx", "max_sequence_length", "max_seq_length", "seq_len", "max_target_positions"];

    /// <summary>Of the first key that is there; the largest where it has one for each layer. Null when none is there.</summary>
    /// <exception cref="InvalidModelFileException">It is no whole number, or out of bounds.</exception>
    public static int? Whole(this ModelConfig config, ReadOnlySpan<string> keys, int least, int most)
    {
        foreach (string key in keys)
        {
            if (config.IsList(key))
                return config.WholeNumbers(key) is { Length: > 0 } list && list.Max() is var largest && largest >= least && largest <= most ? (int)largest : throw config.Invalid(key, $"must hold whole numbers between {least} and {most}");
            if (config.WholeNumber(key, least, most) is { } found)
                return (int)found;
        }
        return null;
    }

    public static int? Whole(this ModelConfig config, string key, int least, int most) => config.Whole([key], least, most);
}
