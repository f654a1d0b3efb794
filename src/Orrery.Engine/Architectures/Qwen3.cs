using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Qwen2 without biases and with a norm on each head of query and key (arXiv 2505.09388).</summary>
internal sealed class Qwen3 : Architecture
{
    public override string GgufName => "qwen3";

    public override string JsonName => "qwen3";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header) with { QueryKeyNorm = QueryKeyNorm.Heads };
        return config with { Layers = Qwen2.QwenWindows(header, config) };
    }
}
