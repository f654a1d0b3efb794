using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Mistral with a mixture of experts (arXiv 2401.04088).</summary>
internal sealed class Mixtral : Architecture
{
    public override string? GgufName => null;

    public override string JsonName => "mixtral";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header);
        return config with { Layers = Windows(header, config, WindowOf(header), isFull: _ => false) };
    }

    public override TensorNames Rename(TensorNames common, bool isGguf) => common with
    {
        Router = "block_sparse_moe.gate",
        Experts = new ExpertNames.Single(expert => $"block_sparse_moe.experts.{expert}.", Gate: "w1", Up: "w3", Down: "w2"),
    };
}
