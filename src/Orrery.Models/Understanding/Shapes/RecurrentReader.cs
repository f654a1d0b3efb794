using Orrery.Models.Safetensors;

namespace Orrery.Models.Understanding.Shapes;

/// <summary>What stands in attention's place in recurrent layers.</summary>
internal static class RecurrentReader
{
    private const int MostState = 1 << 12, MostConvolution = 1 << 10;

    public static TokenMixer Read(TextConfig config, int hidden)
    {
        var text = config.Text;
        return config.Family.ModelType switch
        {
            "qwen3_next" => new TokenMixer.Delta(
                Heads(text, "linear_num_key_heads", 16), Heads(text, "linear_num_value_heads", 32), HeadDim(text, "linear_key_head_dim"), HeadDim(text, "linear_value_head_dim"),
                text.Whole("linear_conv_kernel_dim", 1, MostConvolution) ?? 4),
            "mamba" or "jamba" => Mamba(text, hidden),
            "mamba2" or "bamba" or "granitemoehybrid" or "falcon_h1" or "nemotron_h" => Mamba2(text, hidden),
            "lfm2" => new TokenMixer.ShortConvolution(hidden, text.Whole("conv_L_cache", 1, MostConvolution) ?? 3),
            _ => new TokenMixer.Recurrent(),
        };
    }

    private static TokenMixer.Mamba Mamba(ModelConfig text, int hidden)
    {
        int inner = text.Whole("intermediate_size", 1, ConfigKeys.MostFfn) is { } own && text.Text("model_type") is "mamba" or "falcon_mamba"
            ? own
            : hidden * (text.Whole(["mamba_expand", "expand"], 1, 16) ?? 2);
        return new TokenMixer.Mamba(
            inner, text.Whole(["mamba_d_state", "state_size"], 1, MostState) ?? 16, text.Whole(["mamba_d_conv", "conv_kernel"], 1, MostConvolution) ?? 4,
            text.IsText("time_step_rank") || text.IsText("mamba_dt_rank") ? (hidden + 15) / 16 : text.Whole(["mamba_dt_rank", "time_step_rank"], 1, ConfigKeys.MostHidden) ?? ((hidden + 15) / 16));
    }

    private static TokenMixer.Mamba2 Mamba2(ModelConfig text, int hidden)
    {
        int heads = text.Whole(["mamba_n_heads", "mamba_num_heads", "num_heads"], 1, ConfigKeys.MostHeads) ?? 128;
        int? headDim = text.IsText("mamba_d_head") || text.Contains("mamba_expand") ? null : text.Whole(["mamba_d_head", "mamba_head_dim", "head_dim"], 1, ConfigKeys.MostHeadDim);
        int inner = text.Whole("mamba_d_ssm", 1, ConfigKeys.MostFfn) ?? (heads * headDim) ?? (hidden * (text.Whole(["mamba_expand", "expand"], 1, 16) ?? 2));
        return new TokenMixer.Mamba2(
            inner, text.Whole(["mamba_d_state", "ssm_state_size", "state_size"], 1, MostState) ?? 128, text.Whole(["mamba_d_conv", "conv_kernel"], 1, MostConvolution) ?? 4,
            heads, text.Whole(["mamba_n_groups", "n_groups"], 1, ConfigKeys.MostHeads) ?? 1);
    }

    private static int Heads(ModelConfig text, string key, int fallback) => text.Whole(key, 1, ConfigKeys.MostHeads) ?? fallback;

    private static int HeadDim(ModelConfig text, string key) => text.Whole(key, 1, ConfigKeys.MostHeadDim) ?? 128;
}
