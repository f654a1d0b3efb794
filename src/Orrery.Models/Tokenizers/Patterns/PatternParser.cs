using System.Globalization;
using System.Text;

namespace Orrery.Models.Tokenizers.Patterns;

/// <summary>
/// Reads the regular expressions of tokenizer files: alternation, groups, <c>(?i:...)</c>, classes with nesting and <c>&amp;&amp;</c>, <c>\p{..}</c>,
/// repeats, and looking at one character ahead or behind. What else there is (back references, longer look-arounds) is refused by name.
/// Possessive repeats are read as greedy ones: in the patterns in use, what follows cannot match what they took.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxLength = 20_000, MaxDepth = 40, MaxRepeat = 1000;

    private readonly int[] _pattern;
    private int _at;
    private int _depth;
    private bool _ignoreCase;

    private PatternParser(string pattern) => _pattern = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];

    /// <exception cref="PatternException">It cannot be read.</exception>
    public static PatternNode Parse(string pattern)
    {
        if (pattern.Length > MaxLength)
            throw new PatternException($"has {pattern.Length} characters; at most {MaxLength} are read");
        var parser = new PatternParser(pattern);
        var node = parser.Choices();
        return parser.Ended ? node : throw parser.Problem("has a ')' too many");
    }

    private bool Ended => _at == _pattern.Length;

    private int Peek(int ahead = 0) => _at + ahead < _pattern.Length ? _pattern[_at + ahead] : -1;

    private bool Take(string expected)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (Peek(i) != expected[i])
                return false;
        }
        _at += expected.Length;
        return true;
    }

    private PatternException Problem(string problem) => new($"{problem} at character {_at}");

    private PatternNode Choices()
    {
        if (++_depth > MaxDepth)
            throw Problem("is nested too deeply");
        bool ignoreCase = _ignoreCase;
        var choices = new List<PatternNode> { Sequence() };
        while (Take("|"))
            choices.Add(Sequence());
        _ignoreCase = ignoreCase;                                       // a flag set inside a group ends with it
        _depth--;
        return choices.Count == 1 ? choices[0] : new PatternNode.Any(choices);
    }

    private PatternNode.All Sequence()
    {
        var parts = new List<PatternNode>();
        while (!Ended && Peek() != '|' && Peek() != ')')
        {
            if (Take("(?i)"))
            {
                _ignoreCase = true;
                continue;
            }
            parts.Add(Repeated(Atom()));
        }
        return new PatternNode.All(parts);
    }

    private PatternNode Repeated(PatternNode part)
    {
        while (true)
        {
            var (least, most) = Peek() switch { '*' => (0, -1), '+' => (1, -1), '?' => (0, 1), '{' => Counts(), _ => (-1, -1) };
            if (least < 0)
                return part;
            _at++;
            bool greedy = !Take("?");
            if (greedy)
                Take("+");
            part = new PatternNode.Repeat(part, least, most, greedy);
        }
    }

    /// <summary>Stops at the closing brace.</summary>
    private (int Least, int Most) Counts()
    {
        _at++;
        int least = Number() ?? 0;
        int most = least;
        if (Take(","))
            most = Number() ?? -1;
        if (Peek() != '}')
            throw Problem("has a '{' that begins no count");
        if (least > MaxRepeat || most > MaxRepeat || (most >= 0 && most < least))
            throw Problem($"repeats something {least} to {most} times; 0 to {MaxRepeat} are possible");
        return (least, most);
    }

    private int? Number()
    {
        int? number = null;
        while (Peek() is >= '0' and <= '9')
            number = Math.Min(((number ?? 0) * 10) + _pattern[_at++] - '0', MaxRepeat + 1);
        return number;
    }

    private PatternNode Atom()
    {
        int rune = _pattern[_at];
        switch (rune)
        {
            case '(':
                return Group();
            case '[':
                _at++;
                return new PatternNode.One(Set());
            case '.':
                _at++;
                return new PatternNode.One(new CharClass { Negated = true }.Add('\n', '\n').Seal());
            case '^':
                _at++;
                return new PatternNode.Look(new CharClass { Negated = true }.Add('\n', '\n').Seal(), Ahead: false, Wanted: false);
            case '$':
                _at++;
                return new PatternNode.Look(new CharClass { Negated = true }.Add('\n', '\n').Seal(), Ahead: true, Wanted: false);
            case '*' or '+' or '?' or '{':
                throw Problem($"has a '{(char)rune}' with nothing in front of it");
            case '\\':
                return new PatternNode.One(Escape());
            default:
                _at++;
                return new PatternNode.One(Single(rune));
        }
    }

    private PatternNode Group()
    {
        bool ahead = Peek(2) != '<';
        if (Take("(?!") || Take("(?<!"))
            return Look(ahead, wanted: false);
        if (Take("(?=") || Take("(?<="))
            return Look(ahead, wanted: true);

        bool outside = _ignoreCase;
        if (Take("(?i:"))
            _ignoreCase = true;
        else if (!Take("(?:") && !Take("(?>"))
        {
            Take("(");
            if (Peek() == '?')
                throw Problem("has a group of a kind that is not supported");
        }
        var inside = Choices();
        _ignoreCase = outside;
        return Take(")") ? inside : throw Problem("lacks a ')'");
    }

    private PatternNode.Look Look(bool ahead, bool wanted)
    {
        var inside = Choices();
        if (!Take(")"))
            throw Problem("lacks a ')'");
        return inside is PatternNode.All { Parts: [PatternNode.One one] }
            ? new PatternNode.Look(one.Class, ahead, wanted)
            : throw Problem("looks at more than one character ahead or behind, which is not supported");
    }

    /// <summary>From behind the opening bracket to behind the closing one.</summary>
    private CharClass Set()
    {
        if (++_depth > MaxDepth)
            throw Problem("is nested too deeply");
        if (Take(":"))
            throw Problem("has a class of the kind [:name:], which is not supported");
        bool negated = Take("^");
        var set = new CharClass { Negated = negated, IgnoresCase = _ignoreCase };
        bool first = true;
        while (first || Peek() != ']')
        {
            if (Ended)
                throw Problem("lacks a ']'");
            if (Take("&&"))
                set = new CharClass { Negated = negated, IgnoresCase = _ignoreCase }.Add(Unnegated(set)).Intersect(RestOfSet());
            else
                Member(set);
            first = false;
        }
        _at++;
        _depth--;
        return set.Seal();
    }

    private static CharClass Unnegated(CharClass set) => set.Negated ? new CharClass { Negated = true }.Add(set) : set;

    /// <summary>What stands between <c>&amp;&amp;</c> and the bracket or the next <c>&amp;&amp;</c>.</summary>
    private CharClass RestOfSet()
    {
        var rest = new CharClass { IgnoresCase = _ignoreCase };
        while (!Ended && Peek() != ']' && !(Peek() == '&' && Peek(1) == '&'))
            Member(rest);
        return rest;
    }

    private void Member(CharClass set)
    {
        if (Take("["))
        {
            set.Add(Set());
            return;
        }
        if (Peek() == '\\' && EscapedRune() is null)
        {
            set.Add(Escape());
            return;
        }
        int first = MemberRune();
        int last = first;
        if (Peek() == '-' && Peek(1) is not (']' or '[' or -1))
        {
            _at++;
            last = MemberRune();
            if (last < first)
                throw Problem("has a range that ends before it begins");
        }
        set.Add(first, last);
    }

    private int MemberRune()
    {
        if (Ended)
            throw Problem("lacks a ']'");
        if (Peek() != '\\')
            return _pattern[_at++];
        if (EscapedRune() is not { } found)
            throw Problem("has a range that ends in a class");
        _at += found.Length;
        return found.Rune;
    }

    private CharClass Escape()
    {
        if (EscapedRune() is { } found)
        {
            _at += found.Length;
            return Single(found.Rune);
        }
        int kind = Peek(1);
        _at += 2;
        return kind switch
        {
            's' => CharClass.WhiteSpace,
            'S' => new CharClass { Negated = true }.Add(CharClass.WhiteSpace).Seal(),
            'd' => CharClass.Digit,
            'D' => new CharClass { Negated = true }.Add(CharClass.Digit).Seal(),
            'w' => CharClass.Word,
            'W' => new CharClass { Negated = true }.Add(CharClass.Word).Seal(),
            'p' or 'P' => Property(kind == 'P'),
            _ => throw Problem($"has an escape '\\{(kind < 0 ? "" : char.ConvertFromUtf32(kind))}' that is not supported, before the one"),
        };
    }

    private CharClass Property(bool negated)
    {
        var name = new StringBuilder();
        if (Take("{"))
        {
            if (Take("^"))
                negated = !negated;
            while (!Ended && Peek() != '}' && name.Length < 40)
                name.Append(char.ConvertFromUtf32(_pattern[_at++]));
            if (!Take("}"))
                throw Problem("lacks a '}'");
        }
        else if (!Ended)
        {
            name.Append(char.ConvertFromUtf32(_pattern[_at++]));
        }
        var found = CharClassNames.Find(name.ToString()) ?? throw Problem($"asks for the property {InvalidModelFileException.Quote(name.ToString())}, which is not known here,");
        return new CharClass { Negated = negated }.Add(found).Seal();
    }

    /// <summary>Null where the backslash begins a class or something unknown.</summary>
    private (int Rune, int Length)? EscapedRune() => Peek(1) switch
    {
        'n' => ('\n', 2),
        'r' => ('\r', 2),
        't' => ('\t', 2),
        'f' => ('\f', 2),
        'v' => ('\v', 2),
        'a' => ('\a', 2),
        'e' => (0x1B, 2),
        'x' when Peek(2) == '{' => Braced(),
        'x' => Hex(2, 2) is { } two ? (two, 4) : null,
        'u' => Hex(2, 4) is { } four ? (four, 6) : null,
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or -1 => null,
        var rune => (rune, 2),
    };

    private (int Rune, int Length)? Braced()
    {
        for (int digits = 6; digits > 0; digits--)
        {
            if (Peek(3 + digits) == '}' && Hex(3, digits) is { } rune)
                return (rune, digits + 4);
        }
        return null;
    }

    private int? Hex(int ahead, int digits)
    {
        var text = new StringBuilder();
        for (int i = 0; i < digits; i++)
            text.Append(Peek(ahead + i) is > 0 and < 128 and var digit ? (char)digit : '?');
        return int.TryParse(text.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rune) ? rune : null;
    }

    private CharClass Single(int rune) => new CharClass { IgnoresCase = _ignoreCase }.Add(rune, rune).Seal();
}
