namespace Orrery.Engine.Architectures;

/// <summary>One fact about a model under the names that files give it. Where <c>config.json</c> has several names, the first that is there counts.</summary>
/// <param name="Gguf">Without the architecture in front: <c>embedding_length</c>. Null: GGUF has no such key.</param>
/// <param name="HuggingFace">Keys of <c>config.json</c>. Empty: it has no such key.</param>
internal sealed record Key(string? Gguf, params string[] HuggingFace)
{
    /// <summary>Which it is, under the one name that each kind of file has for that.</summary>
    public static readonly Key Architecture = new(Gguf: null);

    public static readonly Key Dim = new("embedding_length", "hidden_size");
    public static readonly Key Layers = new("block_count", "num_hidden_layers");
    public static readonly Key Heads = new("attention.head_count", "num_attention_heads");
    public static readonly Key KvHeads = new("attention.head_count_kv", "num_key_value_heads");
    public static readonly Key HeadDim = new("attention.key_length", "head_dim");
    public static readonly Key ValueDim = new("attention.value_length");
    public static readonly Key FfnDim = new("feed_forward_length", "intermediate_size");
    public static readonly Key ContextTokens = new("context_length", "max_position_embeddings");
    public static readonly Key Vocabulary = new("vocab_size", "vocab_size");
    public static readonly Key NormEpsilon = new("attention.layer_norm_rms_epsilon", "rms_norm_eps");
    public static readonly Key TiedOutput = new(null, "tie_word_embeddings");
    public static readonly Key Activation = new(null, "hidden_activation", "hidden_act");
    public static readonly Key QkvBias = new(null, "attention_bias", "qkv_bias");
    public static readonly Key FfnBias = new(null, "mlp_bias");
    public static readonly Key QkvClip = new("attention.clamp_kqv", "clip_qkv");
    public static readonly Key AttentionScale = new("attention.scale", "attention_multiplier");
    public static readonly Key QueryScale = new(null, "query_pre_attn_scalar");
    public static readonly Key AttentionSoftCap = new("attn_logit_softcapping", "attn_logit_softcapping");
    public static readonly Key LogitSoftCap = new("final_logit_softcapping", "final_logit_softcapping");
    public static readonly Key EmbeddingScale = new("embedding_scale", "embedding_multiplier");
    public static readonly Key ResidualScale = new("residual_scale", "residual_multiplier");
    public static readonly Key LogitDivisor = new("logit_scale", "logits_scaling");

    public static readonly Key IsCausal = new("attention.causal", "is_causal");
    public static readonly Key IsBidirectional = new(null, "use_bidirectional_attention");

    public static readonly Key Window = new("attention.sliding_window", "sliding_window");
    public static readonly Key UsesWindow = new(null, "use_sliding_window");
    public static readonly Key FullLayersFirst = new(null, "max_window_layers");
    public static readonly Key WindowPattern = new("attention.sliding_window_pattern", "sliding_window_pattern", "_sliding_window_pattern");
    public static readonly Key LayerTypes = new(null, "layer_types");

    public static readonly Key Experts = new("expert_count", "num_experts", "num_local_experts");
    public static readonly Key ExpertsUsed = new("expert_used_count", "num_experts_per_tok", "experts_per_token");
    public static readonly Key ExpertDim = new("expert_feed_forward_length", "moe_intermediate_size", "intermediate_size");
    public static readonly Key SharedExpertDim = new("expert_shared_feed_forward_length", "shared_expert_intermediate_size");
    public static readonly Key NormaliseExperts = new(null, "norm_topk_prob");
    public static readonly Key ExpertStep = new(null, "decoder_sparse_step");
    public static readonly Key DenseLayers = new(null, "mlp_only_layers");
    public static readonly Key GateLimit = new(null, "swiglu_limit");

    public static readonly Key RopeDims = new("rope.dimension_count");
    public static readonly Key RopeShare = new(null, "partial_rotary_factor");
    public static readonly Key RopeBase = new("rope.freq_base", "rope_theta");
    public static readonly Key RopeLocalBase = new("rope.freq_base_swa", "rope_local_base_freq");
}
