using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>A mixture of many small experts, with norms over all heads of query and of key together (arXiv 2409.02060).</summary>
internal sealed class Olmoe : Architecture
{
    public override string GgufName => "olmoe";

    public override string JsonName => "olmoe";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header);
        return config with
        {
            QueryKeyNorm = QueryKeyNorm.Whole,
            QkvClip = header.NonZero(Key.QkvClip) ?? 0,
            Layers = EachLayer(config, (layer, _) => layer with { Experts = layer.Experts is { } experts ? experts with { Normalise = header.Truth(Key.NormaliseExperts) ?? false } : null }),
        };
    }
}
