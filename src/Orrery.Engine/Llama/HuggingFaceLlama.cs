using Orrery.Models.Safetensors;

namespace Orrery.Engine.Llama;

/// <summary>Keys and names of llama models as Hugging Face lays them out. Defaults are those of its <c>LlamaConfig</c>.</summary>
internal static class HuggingFaceLlama
{
    private static readonly LlamaKeys Keys = new(
        Heads: "num_attention_heads", KvHeads: "num_key_value_heads", RopeDims: "head_dim", RopeBase: "rope_theta", NormEpsilon: "rms_norm_eps");

    public static LlamaNames Names { get; } = new()
    {
        Embedding = "model.embed_tokens.weight",
        OutputNorm = "model.norm.weight",
        Output = "lm_head.weight",
        Layer = layer => $"model.layers.{layer}.",
        AttentionNorm = "input_layernorm.weight",
        Query = "self_attn.q_proj.weight",
        Key = "self_attn.k_proj.weight",
        Value = "self_attn.v_proj.weight",
        AttentionOutput = "self_attn.o_proj.weight",
        FfnNorm = "post_attention_layernorm.weight",
        Gate = "mlp.gate_proj.weight",
        Up = "mlp.up_proj.weight",
        Down = "mlp.down_proj.weight",
        IsIdle = name => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal),       // old files keep this table; it follows from the config
    };

    public static LlamaConfig ReadConfig(SafetensorsModel model)
    {
        var json = model.Config;
        string type = json.Text("model_type") ?? throw json.Missing("model_type");
        if (type != "llama")
            throw json.Invalid("model_type", $"is '{type}', which is not implemented", "Architectures that work: llama.");

        int Required(string key, int most) => (int)(json.WholeNumber(key, 1, most) ?? throw json.Missing(key));
        int Optional(string key, int most, int fallback) => (int)(json.WholeNumber(key, 1, most) ?? fallback);

        CheckImplemented(json);
        int dim = Required("hidden_size", 1 << 20);
        int heads = Required(Keys.Heads, 1 << 12);
        int headDim = Optional("head_dim", 1 << 12, dim / heads);
        var config = new LlamaConfig
        {
            Dim = dim,
            Layers = Required("num_hidden_layers", 1 << 12),
            Heads = heads,
            KvHeads = Optional(Keys.KvHeads, heads, heads),
            HeadDim = headDim,
            FfnDim = Required("intermediate_size", 1 << 24),
            Vocabulary = Required("vocab_size", 1 << 24),
            ContextTokens = Required("max_position_embeddings", int.MaxValue),
            RopeDims = headDim,
            RopeHalves = true,
            RopeBase = json.Number(Keys.RopeBase) ?? json.Inner("rope_parameters")?.Number(Keys.RopeBase) ?? 10_000,
            NormEpsilon = json.Number(Keys.NormEpsilon) ?? 1e-6f,
            TiedOutput = json.Truth("tie_word_embeddings") ?? false,
        };
        return config.FirstProblem(Keys) is var (at, problem) ? throw json.Invalid(at, problem) : config;
    }

    /// <summary>What would change the numbers and is not computed here.</summary>
    private static void CheckImplemented(ModelConfig json)
    {
        foreach (string key in (string[])["rope_scaling", "rope_parameters"])
        {
            if (json.Inner(key) is { } rope && (rope.Text("rope_type") ?? rope.Text("type") ?? "default") is var kind && kind != "default")
                throw json.Invalid(key, $"is of type {kind}, which is not implemented", "Use a model without rope scaling.");
        }
        foreach (string key in (string[])["attention_bias", "mlp_bias"])
        {
            if (json.Truth(key) is true)
                throw json.Invalid(key, "is true; biases are not implemented", "Use another model.");
        }
        if (json.Text("hidden_act") is { } activation && activation != "silu")
            throw json.Invalid("hidden_act", $"is {activation}, which is not implemented", "Activations that work: silu.");
        if (json.Number("partial_rotary_factor") is not (null or 1))
            throw json.Invalid("partial_rotary_factor", "is not 1, which is not implemented", "Use another model.");
        if (json.Contains("quantization_config"))
            throw json.Invalid("quantization_config", "asks for weights that are quantized in a way that is not implemented", "Use the model in F32, F16 or BF16, or as GGUF.");
    }
}
