using Orrery.Models.Understanding.Families;
using Orrery.Models.Understanding.Shapes;

namespace Orrery.Models.Understanding.Estimates;

/// <summary>
/// Parameters of a text model by its config. With d the hidden width, v the vocabulary, f a feed-forward width:
/// <code>
///   embedding      v d, once more for the output unless it is tied;  positions and token types from tables
///   attention      d (heads k + kv heads k + kv heads w) + heads w d          k, w: widths of a key and a value
///   latent         queries d r + r heads (n + p), keys and values d (c + p) + c heads (n + w), output heads w d
///                  r, c: ranks of queries and of keys with values; n, p: parts of a key without and with position
///   feed-forward   3 d f with a gate, 2 d f without
///   experts        count * 3 d f, a router d count, a shared expert 3 d f; a token goes through those it is sent to
///   norms          d each, and one at the end; biases where the family has them
/// </code>
/// Exact for the families of <see cref="FamilyTable"/> whose totals the tests compare; for unknown ones that of llama.
/// </summary>
internal static class TextEstimate
{
    /// <param name="head">What stands at the end.</param>
    public static (long Total, long Active) Of(TextShape shape, ModelHead head)
    {
        var family = shape.Family;
        long d = shape.Hidden;
        long around = ((shape.Vocabulary + shape.ExtraTokens) * d) + (shape.Positions * d) + (shape.TokenTypes * d) + Norm(family, d);
        if (family.Role == FamilyRole.Encoder)
            around += head == ModelHead.None && family.LearnedPositions && family.ModelType != "distilbert" ? (d * d) + d : 0;
        around += head switch
        {
            ModelHead.Words when !shape.Tied => shape.Vocabulary * d,
            ModelHead.Mark => d,
            _ => 0,
        };
        if (head == ModelHead.Words && family.HeadBias)
            around += shape.Vocabulary;

        long all = around, active = around;
        foreach (var layer in shape.Layers)
        {
            long fix = Mixer(layer.Mixer, shape) + LayerNorms(layer, shape);
            var (total, used) = FeedForwardOf(layer.FeedForward, family, d);
            all += fix + total;
            active += fix + used;
        }
        return (all, active);
    }

    /// <summary>The experts of all layers, with their biases.</summary>
    public static long Experts(TextShape shape)
        => shape.Layers.Sum(layer => layer.FeedForward is FeedForward.Mixture mixture ? mixture.Count * Expert(mixture, shape.Family, shape.Hidden) : 0);

    private static long Norm(Family family, long width) => family.NormBias ? 2 * width : family.ModelType == "olmo" ? 0 : width;

    private static long LayerNorms(LayerShape layer, TextShape shape)
        => shape.Family.Norms * Norm(shape.Family, shape.Hidden) + (layer.Mixer is TokenMixer.Cross ? 2 : 0);

    private static long Mixer(TokenMixer mixer, TextShape shape)
    {
        long d = shape.Hidden;
        switch (mixer)
        {
            case TokenMixer.Attention(var heads, var kvHeads, var keyDim, var valueDim) attention:
                long query = (long)heads * keyDim, kv = (long)kvHeads * (keyDim + valueDim), output = (long)heads * valueDim;
                long gate = shape.Family.ModelType == "qwen3_next" ? query : 0;
                if (attention.IsShared)
                    kv = 0;
                return (d * (query + gate + kv)) + (output * d) + (shape.Family.QkvBias ? query + kv : 0) + (shape.Family.OutputBias ? d : 0)
                    + HeadNorms(shape.Family.HeadNorm, heads, kvHeads, keyDim) + (shape.Family.IsGptOss ? heads : 0);
            case TokenMixer.Latent latent:
                long key = latent.NopeDim + latent.RopeDim;
                long queries = latent.QueryRank > 0 ? (d * latent.QueryRank) + latent.QueryRank + (latent.QueryRank * latent.Heads * key) : d * latent.Heads * key;
                return queries + (d * (latent.KvRank + latent.RopeDim)) + latent.KvRank + ((long)latent.KvRank * latent.Heads * (latent.NopeDim + latent.ValueDim)) + ((long)latent.Heads * latent.ValueDim * d);
            case TokenMixer.Cross(var heads, var kvHeads, var dim):
                return (2 * d * heads * dim) + (2 * d * kvHeads * dim) + (2 * dim);
            case TokenMixer.Delta delta:
                long values = (long)delta.ValueHeads * delta.ValueDim;
                return (d * (delta.Channels + values)) + (d * 2 * delta.ValueHeads) + ((long)delta.Channels * delta.Convolution) + (2 * delta.ValueHeads) + delta.ValueDim + (values * d);
            case TokenMixer.Mamba mamba:
                long inner = mamba.Inner;
                return (d * 2 * inner) + (inner * (mamba.Convolution + 1)) + (inner * (mamba.StepRank + (2 * mamba.State))) + ((mamba.StepRank + 1) * inner) + (inner * mamba.State) + inner + (inner * d)
                    + (shape.Family.ModelType == "jamba" ? mamba.StepRank + (2 * mamba.State) : 0);
            case TokenMixer.Mamba2 mamba:
                return (d * (mamba.Inner + mamba.Channels + mamba.Heads)) + ((long)mamba.Channels * (mamba.Convolution + 1)) + (3 * mamba.Heads) + mamba.Inner + (mamba.Inner * d);
            case TokenMixer.ShortConvolution convolution:
                return (3 * d * d) + (d * convolution.Length) + (d * d);
            case TokenMixer.Both both:
                return Mixer(both.First, shape) + Mixer(both.Second, shape);
            case TokenMixer.Recurrent:
                return 4 * d * d;
            default:
                return 0;
        }
    }

    private static long HeadNorms(HeadNorm norm, long heads, long kvHeads, long dim) => norm switch
    {
        HeadNorm.PerHead => 2 * dim,
        HeadNorm.Whole => (heads + kvHeads) * dim,
        _ => 0,
    };

    private static (long Total, long Used) FeedForwardOf(FeedForward? feed, Family family, long d)
    {
        switch (feed)
        {
            case FeedForward.Dense(var dim):
                long dense = Matrices(family, d, dim);
                return (dense, dense);
            case FeedForward.Mixture mixture:
                long expert = Expert(mixture, family, d);
                long router = (d * mixture.Count) + (family.RouterBias || family.IsGptOss ? mixture.Count : 0);
                long shared = (mixture.SharedDim > 0 ? Matrices(family, d, mixture.SharedDim) : 0) + (mixture.SharedDim > 0 && family.GatedSharedExpert ? d : 0);
                return (router + shared + (mixture.Count * expert), router + shared + (mixture.Used * expert));
            default:
                return (0, 0);
        }
    }

    private static long Expert(FeedForward.Mixture mixture, Family family, long d) => Matrices(family, d, mixture.Dim) + (family.IsGptOss ? (2L * mixture.Dim) + d : 0);

    private static long Matrices(Family family, long d, long dim) => ((family.Gated ? 3 : 2) * d * dim) + (family.FfnBias ? ((family.Gated ? 2 : 1) * dim) + d : 0);
}

/// <summary>What stands behind the last layer.</summary>
internal enum ModelHead
{
    None,

    /// <summary>A logit for each token.</summary>
    Words,

    /// <summary>One number, as reward models have it.</summary>
    Mark,
}
