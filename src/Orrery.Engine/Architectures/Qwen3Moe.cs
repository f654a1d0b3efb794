using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Qwen3 with a mixture of experts (arXiv 2505.09388).</summary>
internal sealed class Qwen3Moe : Architecture
{
    public override string GgufName => "qwen3moe";

    public override string JsonName => "qwen3_moe";

    public override DecoderConfig Configure(ModelHeader header)
    {
        bool normalise = header.Truth(Key.NormaliseExperts) ?? header.IsGguf;
        var config = Common(header) with { QueryKeyNorm = QueryKeyNorm.Heads };
        config = config with { Layers = EachLayer(config, (layer, _) => layer with { Experts = layer.Experts is { } experts ? experts with { Normalise = normalise } : null }) };
        config = config with { Layers = Qwen2.QwenWindows(header, config) };
        return config with { Layers = DenseLayers.Apply(header, config) };
    }
}
