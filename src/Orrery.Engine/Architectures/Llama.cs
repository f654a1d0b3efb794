using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>
/// Llama 1, 2 and 3 (arXiv 2302.13971, 2307.09288, 2407.21783). In GGUF files this name also stands for mistral, and for mixtral where it has experts;
/// converters move the rows of queries and keys there so that neighbours are a pair.
/// </summary>
internal sealed class Llama : Architecture
{
    public override string GgufName => "llama";

    public override string JsonName => "llama";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header) with { RopeHalves = !header.IsGguf };
        return config with { Layers = Windows(header, config, WindowOf(header), isFull: _ => !header.IsGguf || WindowOf(header) == 0) };
    }

    public override TensorNames Modules(DecoderConfig config) => config.MostExperts > 0 ? new Mixtral().Modules(config) : base.Modules(config);
}
