using System.Collections.Immutable;
using Orrery.Engine.Decoder.Positions;

namespace Orrery.Engine.Decoder;

/// <summary>Everything in which decoder-only transformers differ, from the metadata of a model's files.</summary>
internal sealed record DecoderConfig
{
    /// <summary>As the files name it: <c>llama</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Width of the hidden state.</summary>
    public required int Dim { get; init; }

    public required int Vocabulary { get; init; }

    /// <summary>That the model was made for.</summary>
    public required int ContextTokens { get; init; }

    public required ImmutableArray<LayerConfig> Layers { get; init; }

    public required float NormEpsilon { get; init; }

    /// <summary>Norm weights are stored as the difference to 1.</summary>
    public bool NormPlusOne { get; init; }

    // :: Attention

    /// <summary>Query heads. Each <c>Heads / KvHeads</c> of them share a key and value head (arXiv 2305.13245).</summary>
    public required int Heads { get; init; }

    public required int KvHeads { get; init; }

    public required int HeadDim { get; init; }

    /// <summary>Times query · key.</summary>
    public required float AttentionScale { get; init; }

    /// <summary>Scores s become cap * tanh(s / cap). 0: they stay.</summary>
    public float AttentionSoftCap { get; init; }

    public QueryKeyNorm QueryKeyNorm { get; init; }

    /// <summary>Queries, keys and values are kept between -clip and clip. 0: they stay.</summary>
    public float QkvClip { get; init; }

    /// <summary>A logit for each head that takes part in the softmax and has no value (arXiv 2309.17453).</summary>
    public bool AttentionSinks { get; init; }

    /// <summary>Query, key and value weights may be one matrix.</summary>
    public bool FusedQkv { get; init; }

    /// <summary>The files must have biases of query, key and value; else they may.</summary>
    public bool QkvBias { get; init; }

    /// <summary>A dimension is paired with one half of the turned dimensions further on instead of with its neighbour.</summary>
    public bool RopeHalves { get; init; }

    // :: Feed-forward
    public Activation Activation { get; init; } = Activation.Silu;

    /// <summary>Bound of what enters <see cref="Activation.ClampedSwiglu"/>.</summary>
    public float GateLimit { get; init; }

    /// <summary>Gate and up weights are one matrix: first the rows of gate.</summary>
    public bool FusedGateUp { get; init; }

    /// <summary>Gate and up rows of experts come in turns.</summary>
    public bool InterleavedExperts { get; init; }

    // :: Around them

    /// <summary>What attention and feed-forward add is normalised as well.</summary>
    public bool PostNorms { get; init; }

    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Times what attention and feed-forward add.</summary>
    public float ResidualScale { get; init; } = 1;

    public float LogitScale { get; init; } = 1;

    /// <summary>Logits l become cap * tanh(l / cap). 0: they stay.</summary>
    public float LogitSoftCap { get; init; }

    /// <summary>The output matrix is the embedding, whatever else the files hold.</summary>
    public bool TiedOutput { get; init; }

    public int QueryDim => Heads * HeadDim;

    public int KvDim => KvHeads * HeadDim;

    /// <summary>Widest feed-forward part of any layer or expert.</summary>
    public int WidestFfn => Layers.Max(layer => Math.Max(layer.FfnDim, Math.Max(layer.Experts?.Dim ?? 0, layer.Experts?.SharedDim ?? 0)));

    public int MostExperts => Layers.Max(layer => layer.Experts?.Count ?? 0);
}

/// <summary>One layer.</summary>
/// <param name="Rope">How positions enter; equal ones are one object.</param>
/// <param name="FfnDim">Width between the two halves of the feed-forward part; 0 where experts stand in its place.</param>
/// <param name="Window">Positions that are seen, the own one included. 0: all.</param>
internal sealed record LayerConfig(RopeConfig Rope, int FfnDim, int Window = 0, ExpertsConfig? Experts = null);

/// <summary>A mixture of experts in place of a feed-forward part (arXiv 1701.06538). The weights of the chosen ones come from a softmax over all.</summary>
/// <param name="Used">How many experts each token goes through.</param>
/// <param name="Dim">Width of each.</param>
/// <param name="Normalise">The weights of the chosen ones are divided by their sum.</param>
/// <param name="SharedDim">Width of one more that every token goes through. 0: none.</param>
internal sealed record ExpertsConfig(int Count, int Used, int Dim, bool Normalise, int SharedDim = 0);

internal enum QueryKeyNorm
{
    None,

    /// <summary>Each head by itself, with one weight for all.</summary>
    Heads,

    /// <summary>All heads together.</summary>
    Whole,
}

internal enum Activation
{
    /// <summary>silu(gate) * up.</summary>
    Silu,

    /// <summary>gelu(gate) * up with the tangent's approximation.</summary>
    GeluTanh,

    /// <summary>gelu(gate) * up, exact.</summary>
    Gelu,

    /// <summary>gate * sigmoid(1.702 gate) * (up + 1), both kept below a limit: gpt-oss.</summary>
    ClampedSwiglu,
}
