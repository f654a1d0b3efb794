using Orrery.Models.Safetensors;

namespace Orrery.Models.Understanding.Shapes;

/// <summary>What each layer mixes tokens with: attention of one form, with a window here and there, or something recurrent.</summary>
internal static class MixerReader
{
    /// <returns>One for each layer. Null: the config does not say how many heads there are, and there is attention.</returns>
    public static IReadOnlyList<TokenMixer>? For(TextConfig config, int hidden, int layers)
    {
        var text = config.Text;
        var kinds = LayerKinds.Of(config, layers);
        TokenMixer? attention = null, recurrent = null;
        if (kinds.Any(kind => kind is not (LayerKind.Recurrent or LayerKind.None)))
        {
            attention = Attention(config, hidden);
            if (attention is null)
                return null;
        }
        if (kinds.Any(kind => kind is LayerKind.Recurrent or LayerKind.Both))
            recurrent = RecurrentReader.Read(config, hidden);

        int window = WindowOf(config);
        int shared = text.Whole("num_kv_shared_layers", 0, layers) ?? 0;
        return [.. kinds.Select((kind, layer) => kind switch
        {
            LayerKind.Full => Own(attention!, layer),
            LayerKind.Window => Own(attention!, layer) with { Window = window },
            LayerKind.Cross when attention is TokenMixer.Attention own => new TokenMixer.Cross(own.Heads, own.KvHeads, own.KeyDim),
            LayerKind.Recurrent => recurrent!,
            LayerKind.Both => new TokenMixer.Both(attention!, recurrent!),
            _ => new TokenMixer.None(),
        })];

        TokenMixer Own(TokenMixer mixer, int layer) => mixer is TokenMixer.Attention attention && layer >= layers - shared ? attention with { IsShared = true } : mixer;
    }

    private static TokenMixer? Attention(TextConfig config, int hidden)
    {
        var text = config.Text;
        int? said = text.Whole(ConfigKeys.Heads, 1, ConfigKeys.MostHeads);
        var unsaid = Unsaid.Of(config);
        if ((said ?? unsaid?.Heads) is not { } heads)
            return null;
        int usual = said is null ? unsaid!.HeadDim : Math.Max(1, hidden / heads);
        if (text.Whole("kv_lora_rank", 0, ConfigKeys.MostHidden) is > 0 and var rank && text.Truth("use_mla") is not false)
        {
            return new TokenMixer.Latent(
                heads, text.Whole("q_lora_rank", 0, ConfigKeys.MostHidden) ?? 0, rank, text.Whole("qk_nope_head_dim", 0, ConfigKeys.MostHeadDim) ?? usual,
                text.Whole("qk_rope_head_dim", 0, ConfigKeys.MostHeadDim) ?? 0, text.Whole("v_head_dim", 1, ConfigKeys.MostHeadDim) ?? usual);
        }
        int headDim = text.Whole(ConfigKeys.HeadDim, 1, ConfigKeys.MostHeadDim) ?? (config.Family.ModelType == "qwen3_next" ? 256 : usual);
        int kvHeads = KvHeads(text) ?? (said is null ? unsaid!.KvHeads : heads);
        return kvHeads <= heads
            ? new TokenMixer.Attention(heads, kvHeads, headDim, text.Whole("v_head_dim", 0, ConfigKeys.MostHeadDim) is > 0 and var valueDim ? valueDim : headDim)
            : throw text.Invalid("num_key_value_heads", $"is {kvHeads}; there are {heads} query heads");
    }

    private static int? KvHeads(ModelConfig text)
    {
        if (text.Truth("multi_query_attention") is true)
            return text.Whole("multi_query_group_num", 1, ConfigKeys.MostHeads);
        if ((text.Inner("attn_config")?.Whole(ConfigKeys.KvHeads, 1, ConfigKeys.MostHeads) ?? text.Whole(ConfigKeys.KvHeads, 1, ConfigKeys.MostHeads)) is { } said && text.Truth("new_decoder_architecture") is not false)
            return said;
        return text.Truth("multi_query") is true ? 1 : null;
    }

    private static int WindowOf(TextConfig config)
        => config.Text.Whole(["sliding_window", "attention_chunk_size", "sliding_window_size", "attention_window_size", "local_attention"], 0, int.MaxValue) ?? (config.Family.ModelType == "gemma2" ? 4096 : 0);
}
