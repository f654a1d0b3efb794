using System.Collections.Immutable;
using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Llama with biases of query, key and value, and a window in the later layers where one is asked for (arXiv 2407.10671).</summary>
internal class Qwen2 : Architecture
{
    public override string GgufName => "qwen2";

    public override string JsonName => "qwen2";

    public override DecoderConfig Configure(ModelHeader header)
    {
        var config = Common(header) with { QkvBias = true };
        return config with { Layers = QwenWindows(header, config) };
    }

    /// <summary>Off unless <c>use_sliding_window</c>; then the first <c>max_window_layers</c> layers see everything.</summary>
    internal static ImmutableArray<LayerConfig> QwenWindows(ModelHeader header, DecoderConfig config)
    {
        if (header.Truth(Key.UsesWindow) is not true)
            return config.Layers;
        long full = header.Find(Key.FullLayersFirst, 0, int.MaxValue) ?? 28;
        return Windows(header, config, WindowOf(header), isFull: layer => layer < full);
    }
}
