using System.Text;

namespace Orrery.Models.Tokenizers.Patterns;

/// <summary>
/// A regular expression from a stranger's file, run over code points in bounded time: all ways to match go through the text side by
/// side (Pike's machine), in order of preference, so that the result is that of a backtracking engine and the cost is not.
/// A text whose matches nevertheless make it read far more than its length is refused.
/// </summary>
/// <exception cref="PatternException">The expression cannot be read.</exception>
internal sealed class Pattern(string expression)
{
    // The patterns in use take 20 to 60 steps a character.
    private const int WorkPerChar = 400, SpareWork = 1 << 22;

    private readonly PatternStep[] _steps = PatternProgram.Compile(PatternParser.Parse(expression));

    public string Expression { get; } = expression;

    /// <summary>The matches from left to right; they do not overlap and none is empty. Positions count UTF-16 units.</summary>
    /// <exception cref="PatternTimeException">The text takes too long.</exception>
    public List<(int Start, int End)> Matches(string text)
    {
        var matches = new List<(int, int)>();
        var machine = new PatternMachine(_steps, text);
        long budget = SpareWork + ((long)WorkPerChar * text.Length);
        for (int at = 0; at < text.Length;)
        {
            int end = machine.MatchAt(at);
            if (end > at)
                matches.Add((at, end));
            at = end > at ? end : at + RuneLength(text, at);
            if (machine.Work > budget)
                throw new PatternTimeException(Expression, text.Length);
        }
        return matches;
    }

    /// <summary>A surrogate without its other half is a character of its own.</summary>
    internal static int RuneLength(string text, int at) => char.IsSurrogatePair(text, at) ? 2 : 1;

    internal static int RuneAt(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) ? rune.Value : text[at];
}

/// <summary>A model's rule and a text that together would take time or memory without bound.</summary>
public sealed class PatternTimeException(string expression, int textLength)
    : Exception($"The tokenizer's rule {InvalidModelFileException.Quote(expression)} makes too much of a text of {textLength} characters. Shorten the text or use another model.");
