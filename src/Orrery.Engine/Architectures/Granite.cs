using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Llama with four multipliers: of the embedding, of attention scores, of what each part adds, and a divisor of logits (arXiv 2405.04324).</summary>
internal sealed class Granite : Architecture
{
    public override string GgufName => "granite";

    public override string JsonName => "granite";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header);
        return config with
        {
            RopeHalves = !header.IsGguf,
            EmbeddingScale = header.NonZero(Key.EmbeddingScale) ?? 1,
            ResidualScale = header.NonZero(Key.ResidualScale) ?? 1,
            AttentionScale = header.NonZero(Key.AttentionScale) ?? (header.IsGguf ? config.AttentionScale : 1),
            LogitScale = 1 / (header.NonZero(Key.LogitDivisor) ?? 1),
        };
    }
}
