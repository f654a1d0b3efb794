using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Llama whose query, key and value are one matrix, and gate and up another (arXiv 2404.14219).</summary>
internal sealed class Phi3 : Architecture
{
    public override string GgufName => "phi3";

    public override string JsonName => "phi3";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header) with { FusedQkv = true, FusedGateUp = true };
        return config with { Layers = Windows(header, config, WindowOf(header), isFull: _ => false) };
    }
}
