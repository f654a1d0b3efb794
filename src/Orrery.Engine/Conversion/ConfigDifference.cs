using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Positions;

namespace Orrery.Engine.Conversion;

/// <summary>What a model would lose on its way into another kind of file. How its weights are laid out may differ; what is computed with them may not.</summary>
internal static class ConfigDifference
{
    private const float Rounding = 1e-6f;

    /// <summary>The first thing that differs, in words; null when nothing does.</summary>
    public static string? First(DecoderConfig original, DecoderConfig other)
    {
        var laidOutAlike = original with
        {
            Architecture = other.Architecture,
            Layers = other.Layers,
            RopeHalves = other.RopeHalves,
            NormPlusOne = other.NormPlusOne,
            FusedQkv = other.FusedQkv,
            FusedGateUp = other.FusedGateUp,
            InterleavedExperts = other.InterleavedExperts,
            QkvBias = other.QkvBias,
            TiedOutput = other.TiedOutput,
            AttentionScale = Near(original.AttentionScale, other.AttentionScale),
            EmbeddingScale = Near(original.EmbeddingScale, other.EmbeddingScale),
            ResidualScale = Near(original.ResidualScale, other.ResidualScale),
            LogitScale = Near(original.LogitScale, other.LogitScale),
        };
        if (laidOutAlike.AttentionScale != other.AttentionScale)
            return $"scales attention by {original.AttentionScale}, which becomes {other.AttentionScale}";
        if (laidOutAlike != other)
            return "has constants that change";
        if (original.Layers.Length != other.Layers.Length)
            return $"has {original.Layers.Length} layers, which become {other.Layers.Length}";
        return original.Layers.Zip(other.Layers).Select((pair, i) => Of(pair.First, pair.Second, i, original.ContextTokens)).FirstOrDefault(found => found is not null);
    }

    private static string? Of(LayerConfig original, LayerConfig other, int layer, int contextTokens)
    {
        if (original.Window != other.Window)
            return $"has a window of {original.Window} in layer {layer}, which becomes {other.Window}";
        if (original.FfnDim != other.FfnDim || original.Experts != other.Experts)
            return $"has another feed-forward part in layer {layer}";
        return SameRope(original.Rope, other.Rope, contextTokens) ? null : $"turns positions otherwise in layer {layer}";
    }

    /// <summary>By the numbers: a scaling and the divisors that stand for it are the same.</summary>
    private static bool SameRope(RopeConfig original, RopeConfig other, int contextTokens)
    {
        if (original.Dims != other.Dims || original.Scaling is RopeScaling.Dynamic)
            return original == other;

        // Once for a short context and once for the whole: some scalings differ.
        return Near(RopeTable.MagnitudeOf(original.Scaling), RopeTable.MagnitudeOf(other.Scaling)) == RopeTable.MagnitudeOf(other.Scaling)
            && new[] { 1, contextTokens }.All(tokens => RopeTable.Frequencies(original, tokens).Zip(RopeTable.Frequencies(other, tokens))
                .All(pair => Math.Abs(pair.First - pair.Second) <= Rounding * Math.Abs(pair.Second)));
    }

    private static float Near(float value, float to) => Math.Abs(value - to) <= Rounding * Math.Abs(to) ? to : value;
}
