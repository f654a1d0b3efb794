using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>
/// Llama with norm weights around 0 (converters to GGUF add the 1), a scaled embedding that is the output too, and GELU (arXiv 2403.08295).
/// The first files say <c>"hidden_act": "gelu"</c> and mean the tangent's approximation.
/// </summary>
internal sealed class Gemma : Architecture
{
    public override string GgufName => "gemma";

    public override string JsonName => "gemma";

    public override DecoderConfig Configure(ModelHeader header) => OfFamily(header, Common(header));

    internal static DecoderConfig OfFamily(ModelHeader header, DecoderConfig config) => config with
    {
        NormPlusOne = !header.IsGguf,
        EmbeddingScale = MathF.Sqrt(config.Dim),
        Activation = Activation.GeluTanh,
        TiedOutput = header.Truth(Key.TiedOutput) ?? true,
    };
}
