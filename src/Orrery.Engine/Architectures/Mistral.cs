using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Llama whose layers see a window, where one is given (arXiv 2310.06825).</summary>
internal sealed class Mistral : Architecture
{
    public override string? GgufName => null;

    public override string JsonName => "mistral";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header);
        return config with { Layers = Windows(header, config, WindowOf(header), isFull: _ => false) };
    }
}
