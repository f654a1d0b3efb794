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
        var plain = new FeedForward.Dense(dense);
        if (text.Text("model_type") is "mamba" or "mamba2" or "falcon_mamba")
            return Enumerable.Repeat<FeedForward?>(null, layers);       // nothing behind the mixer
        if (text.Text("hybrid_override_pattern") is { } pattern)
            return Enumerable.Range(0, layers).Select(layer => OfLetter(layer < pattern.Length ? pattern[layer] : '-'));
        var isMixture = MixtureRule(text);
        return Enumerable.Range(0, layers).Select(layer => mixture is not null && isMixture(layer) ? mixture : (FeedForward)plain);

        // Layers of Nemotron H are one thing each: a mixer, or one of these.
        FeedForward? OfLetter(char letter) => letter switch
        {
            '-' => plain,
            'E' => mixture,
            _ => null,
        };
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
        if ((text.Whole("shared_expert_intermediate_size", 0, ConfigKeys.MostFfn) ?? text.Whole("shared_intermediate_size", 0, ConfigKeys.MostFfn)
            ?? text.Whole("moe_shared_expert_intermediate_size", 0, ConfigKeys.MostFfn)) is { } own)
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

    /// <summary>Read once, whatever the number of layers: lists may be long.</summary>
    private static Func<int, bool> MixtureRule(ModelConfig text)
    {
        // Of each kind of config one key is there; the others ask nothing.
        if (text.WholeNumbers("moe_layers") is { } named)
            return layer => named.Contains(layer);
        int first = text.Whole("first_k_dense_replace", 0, ConfigKeys.MostLayers) ?? text.Whole("num_dense_layers", 0, ConfigKeys.MostLayers) ?? 0;
        var dense = text.WholeNumbers("mlp_only_layers") ?? [];
        var among = Among(text);
        return layer => layer >= first && !dense.Contains(layer) && among(layer);
    }

    private static Func<int, bool> Among(ModelConfig text)
    {
        if (text.Whole("decoder_sparse_step", 0, ConfigKeys.MostLayers) is { } step)
            return layer => step > 0 && (layer + 1) % step == 0;
        if (text.Whole("interleave_moe_layer_step", 1, ConfigKeys.MostLayers) is { } every)
            return layer => (layer + 1) % every == 0;
        if (text.Whole("expert_layer_period", 1, ConfigKeys.MostLayers) is { } period)
        {
            int offset = text.Whole("expert_layer_offset", 0, ConfigKeys.MostLayers) ?? 0;
            return layer => layer % period == offset;
        }
        if (text.Whole("moe_layer_start_index", 0, ConfigKeys.MostLayers) is { } start)
        {
            long end = text.WholeNumber("moe_layer_end_index", -1, ConfigKeys.MostLayers) is >= 0 and var last ? last : long.MaxValue;
            int interval = text.Whole("moe_layer_interval", 1, ConfigKeys.MostLayers) ?? 1;
            return layer => layer >= start && layer <= end && (layer + 1) % interval == 0;
        }
        return _ => true;
    }
}
