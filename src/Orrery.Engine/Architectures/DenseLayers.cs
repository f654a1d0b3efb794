using System.Collections.Immutable;
using Orrery.Engine.Decoder;

namespace Orrery.Engine.Architectures;

/// <summary>Which layers of a mixture have a plain feed-forward part after all: qwen's <c>decoder_sparse_step</c> and <c>mlp_only_layers</c>.</summary>
internal static class DenseLayers
{
    public static ImmutableArray<LayerConfig> Apply(ModelHeader header, DecoderConfig config)
    {
        if (header.IsGguf)
            return config.Layers;
        int step = header.Whole(Key.ExpertStep, int.MaxValue, fallback: 1);
        var dense = header.WholeNumbers(Key.DenseLayers) ?? [];
        return [.. config.Layers.Select((layer, i) => dense.Contains(i) || (i + 1) % step != 0
            ? layer with { FfnDim = header.Whole(Key.FfnDim, 1 << 24), Experts = null }
            : layer)];
    }
}
