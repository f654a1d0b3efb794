using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Gemma with norms behind each part too, soft caps, and a window in every second layer (arXiv 2408.00118).</summary>
internal sealed class Gemma2 : Architecture
{
    public override string GgufName => "gemma2";

    public override string JsonName => "gemma2";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Gemma.OfFamily(header, Common(header));
        config = config with
        {
            PostNorms = true,
            AttentionScale = ScaleOf(header, config),
            AttentionSoftCap = header.NonZero(Key.AttentionSoftCap) ?? 0,
            LogitSoftCap = header.NonZero(Key.LogitSoftCap) ?? 0,
        };

        // 27B divides by another size than that of its heads; GGUF files do not say so, the number of layers does.
        if (header.IsGguf && config.Layers.Length == 46)
            config = config with { AttentionScale = 1 / MathF.Sqrt((float)config.Dim / config.Heads) };
        return config with { Layers = Windows(header, config, WindowOf(header), isFull: layer => layer % 2 == 1) };
    }

    public override TensorNames Rename(TensorNames common, bool isGguf) => isGguf ? common : common with { FfnNorm = "pre_feedforward_layernorm.weight" };
}
