using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Qwen2 with a mixture of experts and one expert more that every token goes through, behind a gate (arXiv 2407.10671).</summary>
internal sealed class Qwen2Moe : Architecture
{
    public override string GgufName => "qwen2moe";

    public override string JsonName => "qwen2_moe";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header) with { QkvBias = true };
        int shared = header.Whole(Key.SharedExpertDim, 1 << 24);
        config = config with
        {
            Layers = EachLayer(config, (layer, _) => layer with
            {
                Experts = layer.Experts is { } experts ? experts with { SharedDim = shared, Normalise = header.Truth(Key.NormaliseExperts) ?? false } : null,
            }),
        };
        config = config with { Layers = Qwen2.QwenWindows(header, config) };
        return config with { Layers = DenseLayers.Apply(header, config) };
    }
}
