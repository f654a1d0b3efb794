using Orrery.Models.Safetensors;

namespace Orrery.Models.Understanding.Shapes;

/// <summary>Which layers have experts, and how wide they are.</summary>
internal static class FeedForwardReader
{
    public static IEnumerable<FeedForward?> For(TextConfig config, int hidden, int layers)
    {
        var text = config.Text;
        var widths = text.Inner("ffn_config") ?? text;
        int dense = text.Whole("intermediate_size_mlp", 1, ConfigKeys.MostFfn)
            ?? widths.Whole(ConfigKeys.Ffn, 1, ConfigKeys.MostFfn)
            ?? Unsaid.Of(config)?.Ffn
            ?? (config.Family.Gated ? 8 * hidden / 3 : 4 * hidden);
        if (config.Family.HalvedFfn)
            dense = Math.Max(1, dense / 2);
        var mixture = Mixture(config, widths, dense);
        for (int layer = 0; layer < layers; layer++)
            yield return HasNone(text, layer) ? null : mixture is not null && IsMixture(text, layer) ? mixture : new FeedForward.Dense(dense);
    }

    private static FeedForward.Mixture? Mixture(TextConfig config, ModelConfig widths, int dense)
    {
        var text = config.Text;
        if (widths.Whole(ConfigKeys.Experts, 0, ConfigKeys.MostExperts) is not (> 1 and var count))
            return null;
        int used = widths.Whole(ConfigKeys.ExpertsUsed, 1, count) ?? widths.Whole("num_selected_experts", 1, count) ?? throw text.Missing("num_experts_per_tok");
        int dim = text.Whole("moe_intermediate_size", 1, ConfigKeys.MostFfn) ?? widths.Whole(ConfigKeys.Ffn, 1, ConfigKeys.MostFfn) ?? dense;
        return new FeedForward.Mixture(count, used, dim, Shared(config, dim));
    }

    private static int Shared(TextConfig config, int dim)
    {
        var text = config.Text;
        if ((text.Whole("shared_expert_intermediate_size", 0, ConfigKeys.MostFfn) ?? text.Whole("shared_intermediate_size", 0, ConfigKeys.MostFfn)) is { } own)
            return own;
        if ((text.Whole("n_shared_experts", 0, 64) ?? text.Whole("moe_num_shared_experts", 0, 64) ?? text.Whole("num_shared_experts", 0, 64)) is { } shared)
            return Math.Min(shared * dim, ConfigKeys.MostFfn);
        return config.Family.ModelType switch
        {
            "llama4_text" => dim,
            "qwen3_next" => 512,                                        // its class's own
            _ => 0,
        };
    }

    private static bool IsMixture(ModelConfig text, int layer)
    {
        // Of each kind of config one key is there; the others ask nothing.
        if (text.WholeNumbers("moe_layers") is { } named)
            return named.Contains(layer);
        if (layer < (text.Whole("first_k_dense_replace", 0, ConfigKeys.MostLayers) ?? text.Whole("num_dense_layers", 0, ConfigKeys.MostLayers) ?? 0))
            return false;
        if (text.WholeNumbers("mlp_only_layers") is { } dense && dense.Contains(layer))
            return false;
        if (text.Whole("decoder_sparse_step", 0, ConfigKeys.MostLayers) is { } step)
            return step > 0 && (layer + 1) % step == 0;
        if (text.Whole("interleave_moe_layer_step", 1, ConfigKeys.MostLayers) is { } every)
            return (layer + 1) % every == 0;
        if (text.Whole("expert_layer_period", 1, ConfigKeys.MostLayers) is { } period)
            return layer % period == (text.Whole("expert_layer_offset", 0, ConfigKeys.MostLayers) ?? 0);
        if (text.Whole("moe_layer_start_index", 0, ConfigKeys.MostLayers) is { } start)
        {
            return layer >= start && layer <= (text.WholeNumber("moe_layer_end_index", -1, ConfigKeys.MostLayers) is >= 0 and var end ? end : int.MaxValue)
                && (layer + 1) % (text.Whole("moe_layer_interval", 1, ConfigKeys.MostLayers) ?? 1) == 0;
        }
        return true;
    }

    /// <summary>Layers of Nemotron H are one thing each; those of Mamba have nothing behind the mixer.</summary>
    private static bool HasNone(ModelConfig text, int layer)
        => text.Text("model_type") is "mamba" or "mamba2" or "falcon_mamba" || (text.Text("hybrid_override_pattern") is { } pattern && layer < pattern.Length && pattern[layer] != '-');
}
