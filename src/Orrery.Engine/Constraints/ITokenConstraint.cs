namespace Orrery.Engine.Constraints;

/// <summary>
/// Says before each token of one sequence which ones keep the text inside of a grammar. What it allows can always be finished; whether
/// it is within a number of tokens is up to the caller, who says in <see cref="Allowed"/> how many are left.
/// One per sequence, used by one thread at a time; many made from one <see cref="CompiledConstraint"/> may run at once.
/// </summary>
public interface ITokenConstraint
{
    /// <summary>Words of a mask: (vocabulary + 63) / 64.</summary>
    int MaskWords { get; }

    /// <summary>The text so far is whole.</summary>
    bool IsComplete { get; }

    /// <summary>The text is whole and nothing may follow but an end: the caller can stop here.</summary>
    bool MustEnd { get; }

    /// <summary>
    /// Tokens with which the text can be finished from here: an upper bound close to the fewest. The end token is not counted. Where it is
    /// more than what is left at the start, the text cannot be promised to be whole.
    /// </summary>
    int LeastTokensToEnd { get; }

    /// <summary>
    /// Sets the bit of each token that may come next and clears the others. End-of-text tokens are among them exactly when the text is
    /// whole; other control tokens only where the grammar names one. Never empty.
    /// </summary>
    /// <param name="mask">[<see cref="MaskWords"/>]: token t is bit t % 64 of word t / 64.</param>
    /// <param name="tokensLeft">
    /// How many more tokens may be sampled, this one included. As it gets small, only tokens remain after which the text can still be
    /// finished, so it is whole when they are used up. Where it was too small from the start, only the shortest way is left.
    /// </param>
    void Allowed(Span<ulong> mask, int tokensLeft = int.MaxValue);

    /// <param name="token">One that was allowed.</param>
    /// <exception cref="ArgumentException">It may not come here.</exception>
    void Accept(int token);

    /// <summary>Another sequence that stands where this one does: to try tokens that may be taken back, or to branch. Costs next to nothing.</summary>
    ITokenConstraint Fork();
}
