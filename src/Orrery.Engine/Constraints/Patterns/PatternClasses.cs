using System.Globalization;
using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Patterns;

/// <summary>Reads what stands for one character: escapes and bracketed classes.</summary>
internal sealed class PatternClasses(string text)
{
    private static readonly CodePoints Digits = CodePoints.Of(('0', '9'));
    private static readonly CodePoints Word = CodePoints.Of(('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_'));

    private static readonly CodePoints White = CodePoints.Of(
        ('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F),
        (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>All but the ends of lines.</summary>
    public static CodePoints Dot { get; } = CodePoints.Not(CodePoints.Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)));

    /// <summary>Set where a method gave null.</summary>
    public string? Problem { get; private set; }

    /// <param name="at">At the backslash; behind the escape afterwards.</param>
    public CodePoints? Escape(ref int at, bool inBracket)
    {
        if (at + 1 >= text.Length)
            return Refuse("ends in a backslash");
        char letter = text[at + 1];
        at += 2;
        switch (letter)
        {
            case 'd': return Digits;
            case 'D': return CodePoints.Not(Digits);
            case 'w': return Word;
            case 'W': return CodePoints.Not(Word);
            case 's': return White;
            case 'S': return CodePoints.Not(White);
            case 't': return CodePoints.Of("\t");
            case 'n': return CodePoints.Of("\n");
            case 'r': return CodePoints.Of("\r");
            case 'f': return CodePoints.Of("\f");
            case 'v': return CodePoints.Of("\v");
            case 'b' when inBracket: return CodePoints.Of("\b");
            case '0': return CodePoints.Of("\0");
            case 'x': return Hex(ref at, 2);
            case 'u': return Unicode(ref at);
            case >= '1' and <= '9': return Refuse("refers back to a group; write out what it should be");
            case 'b' or 'B': return Refuse($"has \\{letter}, a border of words, which does not work");
            case 'p' or 'P': return Refuse($"has \\{letter}, a Unicode property, which does not work; list ranges such as [a-zA-Z\\u00C0-\\u024F]");
            case var other when char.IsAsciiLetter(other): return Refuse($"has \\{letter}, which is no escape that works");
            default: return char.IsSurrogate(letter) ? Refuse("has a backslash before a character that needs none") : CodePoints.Of(letter.ToString());
        }
    }

    /// <param name="at">At the bracket; behind the closing one afterwards.</param>
    public CodePoints? Bracket(ref int at)
    {
        at++;
        bool not = at < text.Length && text[at] == '^';
        if (not)
            at++;
        var ranges = new List<(int, int)>();
        while (at < text.Length && text[at] != ']')
        {
            if (Item(ref at) is not { } first)
                return null;
            if (at + 1 < text.Length && text[at] == '-' && text[at + 1] != ']')
            {
                at++;
                if (Item(ref at) is not { } last)
                    return null;
                if (!IsOne(first) || !IsOne(last) || first.Ranges[0].First > last.Ranges[0].First)
                    return Refuse("has a range in a class whose ends are not two characters in order");
                ranges.Add((first.Ranges[0].First, last.Ranges[0].First));
            }
            else
                ranges.AddRange(first.Ranges);
        }
        if (at >= text.Length)
            return Refuse("has a '[' without its ']'");
        at++;
        var set = CodePoints.Of(ranges);
        return not ? CodePoints.Not(set) : set;
    }

    private static bool IsOne(CodePoints set) => set.Ranges is [var range] && range.First == range.Last;

    private CodePoints? Item(ref int at)
    {
        if (at >= text.Length)
            return Refuse("has a '[' without its ']'");
        if (text[at] == '\\')
            return Escape(ref at, inBracket: true);
        int value = char.ConvertToUtf32(text, at);
        at += value > 0xFFFF ? 2 : 1;
        return CodePoints.Of((value, value));
    }

    private CodePoints? Unicode(ref int at)
    {
        if (at < text.Length && text[at] == '{' && text.IndexOf('}', at) is > 0 and var close && close - at <= 7)
        {
            at++;
            var set = Hex(ref at, close - at);
            at++;
            return set;
        }
        return Hex(ref at, 4);
    }

    private CodePoints? Hex(ref int at, int digits)
    {
        if (at + digits > text.Length || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, null, out int value) || value > CodePoints.Last)
            return Refuse("has an escape whose hexadecimal digits are missing or no character");
        at += digits;
        return value is >= 0xD800 and <= 0xDFFF ? Refuse("has an escape of half a character; write \\u{...} with the whole one") : CodePoints.Of((value, value));
    }

    private CodePoints? Refuse(string problem)
    {
        Problem ??= problem;
        return null;
    }
}
