using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Positions;

namespace Orrery.Engine.Architectures;

/// <summary>
/// The text part of Gemma 3: norms on the heads of query and key in place of soft caps, five layers with a window and a base of their own for
/// each that sees everything (arXiv 2503.19786).
/// </summary>
internal sealed class Gemma3 : Architecture
{
    private const float LocalBase = 10_000;

    public override string GgufName => "gemma3";

    public override string JsonName => "gemma3_text";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Gemma.OfFamily(header, Common(header));
        config = config with
        {
            PostNorms = true,
            QueryKeyNorm = QueryKeyNorm.Heads,
            AttentionScale = ScaleOf(header, config),
            AttentionSoftCap = header.NonZero(Key.AttentionSoftCap) ?? 0,
            LogitSoftCap = header.NonZero(Key.LogitSoftCap) ?? 0,
        };

        // As for gemma 2: 27B is told by its layers.
        if (header.IsGguf && config.Layers.Length == 62)
            config = config with { AttentionScale = 1 / MathF.Sqrt((float)config.Dim / config.Heads) };

        int every = header.IsGguf ? 6 : header.Whole(Key.WindowPattern, int.MaxValue, fallback: 6);
        var local = header.Number(Key.RopeLocalBase) is { } localBase || header.IsGguf
            ? new RopeConfig(config.Layers[0].Rope.Dims, header.NonZero(Key.RopeLocalBase) ?? LocalBase)
            : header.Rope(config.HeadDim, "sliding_attention");
        var layers = Windows(header, config, WindowOf(header), isFull: layer => (layer + 1) % every == 0);
        return config with { Layers = [.. layers.Select(layer => layer.Window > 0 ? layer with { Rope = local } : layer)] };
    }

    public override TensorNames Rename(TensorNames common, bool isGguf) => isGguf ? common : common with { FfnNorm = "pre_feedforward_layernorm.weight" };
}
