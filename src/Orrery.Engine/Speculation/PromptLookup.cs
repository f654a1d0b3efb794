namespace Orrery.Engine.Speculation;

/// <summary>
/// Guesses what comes next in a text that repeats itself (prompt lookup decoding, Saxena 2023): the last tokens stand somewhere before, in the prompt
/// or in what was made of it, and what followed them there may follow again.
/// <code>
///   a b c d e … a b c      what comes may be d e …: the token five places before, then the one after it, and on into what was just guessed
/// </code>
/// </summary>
internal static class PromptLookup
{
    /// <summary>Tokens that have to be the same before a guess: with fewer, chance finds too many places.</summary>
    public const int LeastTokens = 3;

    /// <summary>More that are the same say nothing more.</summary>
    public const int MostTokens = 8;

    /// <summary>Tokens that are looked through, the latest ones, and places that are compared there: what bounds the work of a step.</summary>
    private const int Window = 16_384, MostPlaces = 64;

    /// <summary>How far before each token to come stands the guess of it. 0: there is none.</summary>
    /// <returns>Of the place where most of the last tokens are the same, and of such places the latest.</returns>
    public static int Distance(ReadOnlySpan<int> tokens)
    {
        tokens = tokens[Math.Max(0, tokens.Length - Window)..];
        if (tokens.Length <= LeastTokens)
            return 0;

        int distance = 0, longest = 0;
        var end = tokens[^LeastTokens..];
        var before = tokens[..^1];
        for (int place = 0; place < MostPlaces && longest < MostTokens; place++)
        {
            int at = before.LastIndexOf(end);
            if (at < 0)
                break;
            int same = LeastTokens + SameAtTheEnd(tokens[..at], tokens[..^LeastTokens]);
            if (same > longest)
                (longest, distance) = (same, tokens.Length - LeastTokens - at);
            before = before[..(at + LeastTokens - 1)];
        }
        return distance;
    }

    private static int SameAtTheEnd(ReadOnlySpan<int> one, ReadOnlySpan<int> other)
    {
        int same = 0;
        while (same < MostTokens - LeastTokens && same < one.Length && one[^(same + 1)] == other[^(same + 1)])
            same++;
        return same;
    }
}
