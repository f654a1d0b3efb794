namespace Orrery.Engine.Speculation;

/// <summary>
/// How much a sequence may draft. A drafted token that is not kept takes credit, one that is kept brings as much, and every pass brings a sixteenth:
/// so a text that repeats itself drafts all that it may, and one whose drafts fail stops for a while and then tries with one token. Over n passes
/// with k kept tokens, no more than k + n / 16 + <see cref="AtStart"/> are drafted in vain.
/// </summary>
/// <param name="Credit">In sixteenths of a token, never below 0.</param>
internal readonly record struct DraftBudget(int Credit)
{
    /// <summary>Tokens that the first draft may have.</summary>
    public const int AtStart = 2;

    private const int Token = 16;

    public static DraftBudget Start => new(AtStart * Token);

    /// <summary>Tokens that may be drafted now.</summary>
    public int Tokens => Credit / Token;

    /// <summary>After a pass, also one without a draft.</summary>
    /// <param name="drafted">Tokens that were computed ahead: no more than <see cref="Tokens"/>.</param>
    /// <param name="kept">Of them.</param>
    /// <param name="most">Tokens of one draft at most. Twice as much can be saved up, so that the first failure does not end a good time.</param>
    public DraftBudget After(int drafted, int kept, int most)
        => new(Math.Min(Credit + 1 + (Token * (kept - (drafted - kept))), 2 * most * Token));
}
