using System.Collections.Immutable;
using Orrery.Models.Understanding.Families;

namespace Orrery.Models.Understanding.Shapes;

/// <summary>How large the parts of a transformer are.</summary>
/// <param name="Family">With what the config says otherwise.</param>
/// <param name="Hidden">Width of the hidden state.</param>
/// <param name="Tied">The output matrix is the embedding.</param>
internal sealed record TextShape(Family Family, int Hidden, int Vocabulary, ImmutableArray<LayerShape> Layers, bool Tied)
{
    /// <summary>Rows of the table of positions. 0: positions are turned.</summary>
    public int Positions { get; init; }

    /// <summary>Rows of the table of token types.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Rows of the embedding beyond the vocabulary.</summary>
    public int ExtraTokens { get; init; }

    /// <summary>What to say where layers keep a state of unknown size. Null: none do.</summary>
    public string? UnknownState => Layers.Any(layer => layer.Mixer is TokenMixer.Recurrent) ? "recurrent layers keep a state whose size is not known here" : null;

    /// <summary>The mixture that most layers have; null: none.</summary>
    public FeedForward.Mixture? Mixture => Layers.Select(layer => layer.FeedForward).OfType<FeedForward.Mixture>().FirstOrDefault();
}

/// <summary>One layer.</summary>
/// <param name="Mixer">Where tokens see each other.</param>
/// <param name="FeedForward">Null: it has none.</param>
internal sealed record LayerShape(TokenMixer Mixer, FeedForward? FeedForward);

/// <summary>The part of a layer that each token goes through by itself.</summary>
internal abstract record FeedForward
{
    /// <param name="Dim">Width between its matrices.</param>
    public sealed record Dense(int Dim) : FeedForward;

    /// <param name="Used">Experts that a token is sent to.</param>
    /// <param name="Dim">Of one expert.</param>
    /// <param name="SharedDim">Of those that every token goes through, together. 0: none.</param>
    public sealed record Mixture(int Count, int Used, int Dim, int SharedDim) : FeedForward;
}
