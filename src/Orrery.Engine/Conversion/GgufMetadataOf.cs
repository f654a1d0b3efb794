using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Positions;

namespace Orrery.Engine.Conversion;

/// <summary>A decoder's configuration as keys of a GGUF file, after llama.cpp's <c>gguf-py</c>.</summary>
internal static class GgufMetadataOf
{
    /// <param name="architecture">As GGUF names it.</param>
    public static IEnumerable<KeyValuePair<string, object>> Config(DecoderConfig config, string architecture)
    {
        KeyValuePair<string, object> Pair(string key, object value) => new($"{architecture}.{key}", value);

        // :: Sizes
        int ffnDim = config.Layers.Max(layer => layer.FfnDim);
        var experts = config.Layers.Select(layer => layer.Experts).FirstOrDefault(found => found is not null);
        yield return Pair("context_length", (uint)config.ContextTokens);
        yield return Pair("embedding_length", (uint)config.Dim);
        yield return Pair("block_count", (uint)config.Layers.Length);
        yield return Pair("feed_forward_length", (uint)(ffnDim > 0 ? ffnDim : experts!.Dim));
        yield return Pair("vocab_size", (uint)config.Vocabulary);
        if (experts is not null)
        {
            yield return Pair("expert_count", (uint)experts.Count);
            yield return Pair("expert_used_count", (uint)experts.Used);
            yield return Pair("expert_feed_forward_length", (uint)experts.Dim);
            if (experts.SharedDim > 0)
                yield return Pair("expert_shared_feed_forward_length", (uint)experts.SharedDim);
        }

        // :: Attention
        yield return Pair("attention.head_count", (uint)config.Heads);
        yield return Pair("attention.head_count_kv", (uint)config.KvHeads);
        yield return Pair("attention.key_length", (uint)config.HeadDim);
        yield return Pair("attention.value_length", (uint)config.HeadDim);
        yield return Pair("attention.layer_norm_rms_epsilon", config.NormEpsilon);
        if (config.Layers.Max(layer => layer.Window) is > 0 and var window)
            yield return Pair("attention.sliding_window", (uint)window);
        if (config.QkvClip > 0)
            yield return Pair("attention.clamp_kqv", config.QkvClip);
        if (config.AttentionSoftCap > 0)
            yield return Pair("attn_logit_softcapping", config.AttentionSoftCap);
        if (config.LogitSoftCap > 0)
            yield return Pair("final_logit_softcapping", config.LogitSoftCap);

        // :: Multipliers; the other architectures have them fixed
        if (architecture == "granite")
        {
            yield return Pair("attention.scale", config.AttentionScale);
            yield return Pair("embedding_scale", config.EmbeddingScale);
            yield return Pair("residual_scale", config.ResidualScale);
            yield return Pair("logit_scale", 1 / config.LogitScale);
        }

        // :: Positions; those of layers that see everything, where there are two kinds
        var rope = config.Layers.MinBy(layer => layer.Window)!.Rope;
        yield return Pair("rope.dimension_count", (uint)rope.Dims);
        yield return Pair("rope.freq_base", rope.Base);
        if (config.Layers.FirstOrDefault(layer => !ReferenceEquals(layer.Rope, rope)) is { Rope: var local })
            yield return Pair("rope.freq_base_swa", local.Base);
        foreach (var (key, value) in Scaling(rope.Scaling))
            yield return Pair("rope.scaling." + key, value);
    }

    private static IEnumerable<(string Key, object Value)> Scaling(RopeScaling? scaling)
    {
        switch (scaling)
        {
            case RopeScaling.Linear linear:
                return [("type", "linear"), ("factor", linear.Factor)];
            case RopeScaling.Yarn yarn:
                float usual = (0.1f * MathF.Log(yarn.Factor)) + 1;
                return
                [
                    ("type", "yarn"), ("factor", yarn.Factor), ("original_context_length", (uint)yarn.OriginalTokens), ("attn_factor", (yarn.Magnitude ?? usual) / usual),
                    ("yarn_beta_fast", yarn.BetaFast), ("yarn_beta_slow", yarn.BetaSlow),
                ];
            case RopeScaling.Long longer:
                return [("original_context_length", (uint)longer.OriginalTokens), ("attn_factor", RopeTable.MagnitudeOf(longer))];
            default:
                return [];
        }
    }
}
