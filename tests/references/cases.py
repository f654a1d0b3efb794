"""The cases: small configurations in which every kind of layer of an architecture occurs. Sizes vary on purpose."""

# A large epsilon shows where it is forgotten or misread.
BASE = dict(
    rms_norm_eps=0.01, vocab_size=96, hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, head_dim=8, max_position_embeddings=128, bos_token_id=1, eos_token_id=2, pad_token_id=None, tie_word_embeddings=False)


def rope(kind="default", theta=10000.0, **more):
    return dict(rope_type=kind, rope_theta=theta, **more)


def decoder(group, config_class, prompt=24, **config):
    case_keys = ("gains", "post_norms", "output_gain", "zero_centred_norms", "stepwise")
    case = {key: config.pop(key) for key in case_keys if key in config}
    merged = {**BASE, **config}
    return dict(group=group, kind="decoder", config_class=config_class, prompt=prompt, tied=merged["tie_word_embeddings"],
                config={key: value for key, value in merged.items() if value != "absent"}, **case)


def encoder(config_class, **config):
    merged = dict(vocab_size=96, hidden_size=48, intermediate_size=100, num_hidden_layers=2, num_attention_heads=4,
                  max_position_embeddings=64, layer_norm_eps=0.01, **config)
    return dict(group="embeddings", kind="encoder", config_class=config_class, prompt=24, config=merged)


def llama(**config):
    return decoder("llama", "LlamaConfig", **config)


WIDE = dict(rope_parameters=rope(theta=1000000.0))
QWEN_MOE = dict(moe_intermediate_size=24, num_experts=4, num_experts_per_tok=2)
LONG = dict(short_factor=[1.0, 1.1, 1.3, 1.6, 2.0, 2.5], long_factor=[1.0, 1.5, 2.5, 4.0, 6.0, 8.0])
LONG_ROPE = dict(rope_parameters=rope("longrope", partial_rotary_factor=0.75, **LONG), head_dim="absent", hidden_size=64)
PHI3 = dict(pad_token_id=0)
GEMMA = dict(tie_word_embeddings=True, zero_centred_norms=True, pad_token_id=0, output_gain=1.5)
GEMMA_2 = dict(**GEMMA, post_norms=True)
GEMMA3 = dict(**GEMMA_2, head_dim=16, sliding_window=8, query_pre_attn_scalar=24, rope_parameters=dict(
    full_attention=rope("linear", 1000000.0, factor=8.0), sliding_attention=rope(theta=10000.0)))

CASES = {
    # llama: grouped queries, untied output, columns no block size divides
    "llama": llama(hidden_size=64, head_dim=16, intermediate_size=100, num_hidden_layers=3),
    "llama-tied": llama(tie_word_embeddings=True, head_dim=16),
    "llama-biases": llama(attention_bias=True, mlp_bias=True),
    "llama-rope-linear": llama(rope_parameters=rope("linear", factor=4.0)),
    "llama-rope-dynamic-inside": llama(rope_parameters=rope("dynamic", factor=2.0), max_position_embeddings=64),
    "llama-rope-dynamic-beyond": llama(rope_parameters=rope("dynamic", factor=2.0), max_position_embeddings=16, stepwise=True),
    # Bases and original contexts that put dimensions before, inside and behind the ramp.
    "llama-rope-yarn": llama(head_dim=16, rope_parameters=rope(
        "yarn", 300.0, factor=4.0, original_max_position_embeddings=512), max_position_embeddings=2048),
    "llama-rope-yarn-betas": llama(head_dim=16, rope_parameters=rope(
        "yarn", 100.0, factor=4.0, beta_fast=8.0, beta_slow=2.0, attention_factor=1.3, original_max_position_embeddings=256),
        max_position_embeddings=1024),
    "llama-rope-llama3": llama(head_dim=16, tie_word_embeddings=True, rope_parameters=rope(
        "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64), max_position_embeddings=512),
    "mistral": decoder("llama", "MistralConfig", **WIDE, head_dim=16, sliding_window=8),
    "mixtral": decoder("llama", "MixtralConfig", **WIDE, intermediate_size=24, num_local_experts=4, num_experts_per_tok=2, sliding_window=None),
    "granite": decoder("llama", "GraniteConfig", head_dim="absent", embedding_multiplier=3.0, attention_multiplier=0.2,
                       residual_multiplier=0.5, logits_scaling=2.5, output_gain=4.0),

    "qwen2": decoder("qwen", "Qwen2Config", **WIDE, head_dim="absent"),
    "qwen2-window": decoder("qwen", "Qwen2Config", **WIDE, head_dim="absent", num_hidden_layers=3, use_sliding_window=True, sliding_window=8,
                            max_window_layers=1),
    "qwen3": decoder("qwen", "Qwen3Config", **WIDE, head_dim=16),
    "qwen2-moe": decoder("qwen", "Qwen2MoeConfig", **WIDE, **QWEN_MOE, head_dim="absent", shared_expert_intermediate_size=36, norm_topk_prob=False),
    # Layers 0 and 2 are dense by decoder_sparse_step, layer 1 by mlp_only_layers, layer 3 has experts.
    "qwen2-moe-mixed": decoder("qwen", "Qwen2MoeConfig", **WIDE, **QWEN_MOE, head_dim="absent", num_hidden_layers=4, decoder_sparse_step=2,
                               mlp_only_layers=[1], shared_expert_intermediate_size=36, norm_topk_prob=False),
    "qwen3-moe": decoder("qwen", "Qwen3MoeConfig", **WIDE, **{**QWEN_MOE, "num_experts": 5}, norm_topk_prob=True),

    "phi3": decoder("others", "Phi3Config", **PHI3, head_dim="absent"),
    "phi3-longrope-short": decoder("others", "Phi3Config", **PHI3, **LONG_ROPE, max_position_embeddings=1024,
                                   original_max_position_embeddings=256, tie_word_embeddings=True),
    "phi3-longrope-long": decoder("others", "Phi3Config", **PHI3, **LONG_ROPE, max_position_embeddings=64,
                                  original_max_position_embeddings=16),
    "gemma": decoder("others", "GemmaConfig", **GEMMA, head_dim=16, num_key_value_heads=1, gains={"o_proj": 3.0, "down_proj": 4.0}),
    "gemma2": decoder("others", "Gemma2Config", **GEMMA_2, head_dim=16, num_hidden_layers=3, sliding_window=8, query_pre_attn_scalar=24,
                      attn_logit_softcapping=4.0, final_logit_softcapping=5.0),
    # The usual scale 1/sqrt(head_dim), which is all a GGUF file can say.
    "gemma2-head-scale": decoder("others", "Gemma2Config", **GEMMA_2, head_dim=16, sliding_window=8, query_pre_attn_scalar=16,
                                 attn_logit_softcapping=4.0, final_logit_softcapping=5.0),
    "gemma3": decoder("others", "Gemma3TextConfig", **GEMMA3, num_hidden_layers=4, sliding_window_pattern=3),
    "gemma3-head-scale": decoder("others", "Gemma3TextConfig", **{**GEMMA3, "query_pre_attn_scalar": 8, "head_dim": 8}, hidden_size=32,
                                 intermediate_size=40, num_hidden_layers=6, sliding_window_pattern=6),
    # The converter to GGUF writes an epsilon of 1e-5 whatever the configuration says.
    "olmoe": decoder("others", "OlmoeConfig", head_dim="absent", num_key_value_heads=4, intermediate_size=24, num_experts=5, num_experts_per_tok=2,
                     norm_topk_prob=False, rms_norm_eps=1e-5),
    # Experts with large weights, so that gates and ups are clamped at 7.
    "gpt-oss": decoder("others", "GptOssConfig", head_dim=16, intermediate_size=24, num_local_experts=4, num_experts_per_tok=2,
                       sliding_window=8, gains={"experts.gate_up": 3.0, "experts.down": 0.2}, max_position_embeddings=4096,
                       rope_parameters=rope("yarn", 300.0, factor=8.0, beta_fast=32.0, beta_slow=1.0, truncate=False,
                                            original_max_position_embeddings=512)),

    "bert": encoder("BertConfig", pad_token_id=0),
    "roberta": encoder("XLMRobertaConfig", pad_token_id=1, type_vocab_size=1),
    "distilbert": dict(group="embeddings", kind="encoder", config_class="DistilBertConfig", prompt=24, config=dict(
        vocab_size=96, dim=48, hidden_dim=100, n_layers=2, n_heads=4, max_position_embeddings=64)),
    "qwen3-embedding": {**decoder("embeddings", "Qwen3Config", **WIDE, head_dim=16, tie_word_embeddings=True), "kind": "embedding"},
}

# name: (case, rank, rank-stabilised scale)
ADAPTERS = [("llama", "plain", 4, False), ("llama", "stabilised", 8, True), ("qwen3", "plain", 4, False), ("qwen3", "stabilised", 8, True)]
ADAPTER_TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
