using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Positions;

namespace Orrery.Engine.Architectures;

/// <summary>
/// A mixture of experts with biases everywhere, a sink in each head's softmax, clamped gates, and a window in every second layer, the first
/// included (arXiv 2508.10925).
/// </summary>
internal sealed class GptOss : Architecture
{
    private const float UsualGateLimit = 7;

    public override string GgufName => "gpt-oss";

    public override string JsonName => "gpt_oss";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header) with
        {
            QkvBias = true,
            AttentionSinks = true,
            Activation = Activation.ClampedSwiglu,
            InterleavedExperts = !header.IsGguf,
            GateLimit = header.NonZero(Key.GateLimit) ?? UsualGateLimit,
        };

        // GGUF has no key for it.
        if (header.IsGguf && config.Layers[0].Rope is { Scaling: RopeScaling.Yarn yarn } rope)
        {
            rope = rope with { Scaling = yarn with { Truncate = false } };
            config = config with { Layers = EachLayer(config, (layer, _) => layer with { Rope = rope }) };
        }
        return config with { Layers = Windows(header, config, WindowOf(header), isFull: layer => layer % 2 == 1) };
    }

    public override TensorNames Rename(TensorNames common, bool isGguf) => isGguf
        ? common with { FfnNorm = "post_attention_norm.weight" }
        : common with
        {
            Router = "mlp.router",
            Experts = new ExpertNames.Interleaved("mlp.experts.gate_up_proj", "mlp.experts.gate_up_proj_bias", "mlp.experts.down_proj", "mlp.experts.down_proj_bias"),
        };
}
