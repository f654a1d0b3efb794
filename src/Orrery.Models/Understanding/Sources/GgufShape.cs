using Orrery.Models.Understanding.Families;
using Orrery.Models.Understanding.Shapes;

namespace Orrery.Models.Understanding.Sources;

/// <summary>What of a model's shape a GGUF file's metadata tells: enough for the KV cache, since parameters are counted.</summary>
internal static class GgufShape
{
    /// <returns>Null: the layers or heads are not said.</returns>
    public static TextShape? Read(GgufKeys keys, Family family)
    {
        if (keys.Whole("block_count", 1, ConfigKeys.MostLayers) is not { } layers || keys.Whole("embedding_length", 1, ConfigKeys.MostHidden) is not { } hidden)
            return null;
        if (keys.PerLayer("attention.head_count", layers, ConfigKeys.MostHeads) is not { } heads)
            return null;
        int[] kvHeads = keys.PerLayer("attention.head_count_kv", layers, ConfigKeys.MostHeads) ?? heads;
        int most = heads.Max(), usual = most == 0 ? 0 : hidden / most;
        int keyDim = keys.Whole("attention.key_length", 0, ConfigKeys.MostHeadDim) ?? usual, valueDim = keys.Whole("attention.value_length", 0, ConfigKeys.MostHeadDim) ?? keyDim;
        int rank = keys.Whole("attention.kv_lora_rank", 0, ConfigKeys.MostHidden) ?? 0, rope = keys.Whole("rope.dimension_count", 0, ConfigKeys.MostHeadDim) ?? 0;
        int window = keys.Whole("attention.sliding_window", 0, int.MaxValue) ?? keys.Whole("attention.chunk_size", 0, int.MaxValue) ?? 0;
        int shared = keys.Whole("attention.shared_kv_layers", 0, layers) ?? 0;
        bool[]? windows = keys.Flags("attention.sliding_window_pattern");
        int interval = keys.Whole("full_attention_interval", 1, ConfigKeys.MostLayers) ?? (family.ModelType == "qwen3_next" ? 4 : 1);
        var state = State(keys, hidden);

        return new TextShape(family, hidden, Vocabulary: 0, [.. Enumerable.Range(0, layers).Select(layer => new LayerShape(Mixer(layer), null))], Tied: false);

        TokenMixer Mixer(int layer)
        {
            // Recurrent layers have no heads for keys and values; those of Deci's models that have none are left out.
            if (kvHeads[layer] == 0 || (layer + 1) % interval != 0)
                return state ?? (keys.Architecture == "deci" ? new TokenMixer.None() : new TokenMixer.Recurrent());
            TokenMixer attention = rank > 0
                ? new TokenMixer.Latent(heads[layer], 0, rank, keyDim, rope, valueDim)
                : new TokenMixer.Attention(heads[layer], kvHeads[layer], keyDim, valueDim) { IsShared = layer >= layers - shared };
            if (family.ModelType == "falcon_h1" && state is not null)
                return new TokenMixer.Both(attention, state);
            return window > 0 && HasWindow(layer) ? attention with { Window = window } : attention;
        }

        bool HasWindow(int layer) => windows is not null && layer < windows.Length ? windows[layer] : family.Windows switch
        {
            WindowRule.Every or WindowRule.Flagged => true,
            WindowRule.Even => layer % 2 == 0,
            WindowRule.AllButEvery => (layer + 1) % family.FullEvery != 0,
            _ => false,
        };
    }

    private static TokenMixer? State(GgufKeys keys, int hidden)
    {
        if (keys.Whole("shortconv.l_cache", 1, ConfigKeys.MostHeads) is { } length)
            return new TokenMixer.ShortConvolution(hidden, length);
        if (keys.Whole("ssm.inner_size", 1, ConfigKeys.MostFfn) is not { } inner || keys.Whole("ssm.state_size", 1, ConfigKeys.MostHeadDim) is not { } size)
            return null;
        int convolution = keys.Whole("ssm.conv_kernel", 1, ConfigKeys.MostHeads) ?? 4;
        return keys.Whole("ssm.group_count", 0, ConfigKeys.MostHeads) is > 0 and var groups
            ? new TokenMixer.Mamba2(inner, size, convolution, keys.Whole("ssm.time_step_rank", 0, ConfigKeys.MostHeads) ?? 0, groups)
            : new TokenMixer.Mamba(inner, size, convolution, keys.Whole("ssm.time_step_rank", 0, ConfigKeys.MostHidden) ?? 0);
    }
}
