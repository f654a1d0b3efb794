using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Patterns;

/// <summary>
/// Reads the regular part of ECMAScript's expressions, with their unicode flag: characters, classes, groups, alternatives, quantifiers, and
/// anchors at the ends. What looks around or back is not regular and refused by name.
/// </summary>
internal sealed class PatternReader
{
    public const int MaxLength = 2000;
    private const int MaxDepth = 50;
    private const int MaxCount = 10_000;

    private readonly string _text;
    private readonly PatternClasses _classes;
    private int _at;
    private int _depth;
    private string? _problem;

    private PatternReader(string text)
    {
        _text = text;
        _classes = new PatternClasses(text);
    }

    public static PatternResult Read(string text)
    {
        if (text.Length > MaxLength)
            return new PatternResult.Refused($"is {text.Length} characters long; at most {MaxLength} work");
        var reader = new PatternReader(text);
        var pattern = reader.Whole();
        return reader._problem is { } problem ? new PatternResult.Refused(problem) : new PatternResult.Read(pattern);
    }

    /// <summary>Alternatives at the top, each with its own anchors.</summary>
    private Pattern.Either Whole()
    {
        var parts = new List<Pattern>();
        do
        {
            bool start = Skip('^');
            var body = Alternative(top: true);
            bool end = Skip('$');
            parts.Add(new Pattern.Sequence([start ? Pattern.Empty : Pattern.Anything, body, end ? Pattern.Empty : Pattern.Anything]));
        }
        while (Skip('|'));
        if (_problem is null && _at < _text.Length)
            Refuse(_text[_at] == ')' ? "has a ')' too many" : "anchors work at the start and the end of the pattern or of an alternative at its top");
        return new Pattern.Either(parts);
    }

    private Pattern.Either Alternatives()
    {
        var parts = new List<Pattern>();
        do
            parts.Add(Alternative(top: false));
        while (Skip('|'));
        return new Pattern.Either(parts);
    }

    private Pattern.Sequence Alternative(bool top)
    {
        var parts = new List<Pattern>();
        while (_problem is null && _at < _text.Length && _text[_at] is not ('|' or ')') && !(top && _text[_at] == '$'))
            parts.Add(Quantified(Atom()));
        return new Pattern.Sequence(parts);
    }

    private Pattern Atom()
    {
        switch (_text[_at])
        {
            case '(':
                return Group();
            case '[':
                return Class(_classes.Bracket(ref _at));
            case '.':
                _at++;
                return new Pattern.Character(PatternClasses.Dot);
            case '\\':
                return Class(_classes.Escape(ref _at, inBracket: false));
            case '^' or '$':
                return Refuse("anchors work at the start and the end of the pattern or of an alternative at its top");
            case '*' or '+' or '?' or '{':
                return Refuse($"has '{_text[_at]}' with nothing before it to repeat");
            default:
                int value = char.ConvertToUtf32(_text, _at);
                _at += value > 0xFFFF ? 2 : 1;
                return new Pattern.Character(CodePoints.Of((value, value)));
        }
    }

    private Pattern Group()
    {
        _at++;
        if (_at < _text.Length && _text[_at] == '?')
        {
            if (string.CompareOrdinal(_text, _at, "?:", 0, 2) != 0)
                return Refuse("groups that look ahead or behind, have names or set options do not work; (...) and (?:...) do");
            _at += 2;
        }
        if (++_depth > MaxDepth)
            return Refuse($"has groups nested deeper than {MaxDepth}");
        var inner = Alternatives();
        _depth--;
        return _problem is null && !Skip(')') ? Refuse("has a '(' without its ')'") : inner;
    }

    private Pattern Quantified(Pattern atom)
    {
        if (_problem is not null || _at >= _text.Length)
            return atom;
        (int least, int? most) = (1, 1);
        switch (_text[_at])
        {
            case '*':
                (least, most) = (0, null);
                break;
            case '+':
                (least, most) = (1, null);
                break;
            case '?':
                (least, most) = (0, 1);
                break;
            case '{':
                if (!Counts(out least, out most))
                    return Refuse($"has a '{{' that is not {{n}}, {{n,}} or {{n,m}} with n <= m <= {MaxCount}; a brace itself is written \\{{");
                break;
            default:
                return atom;
        }
        _at++;
        Skip('?');                                                      // lazy or not, the same texts fit
        if (_at < _text.Length && _text[_at] is '*' or '+' or '?' or '{')
            return Refuse($"has '{_text[_at]}' with nothing before it to repeat");
        return new Pattern.Repeat(atom, least, most);
    }

    /// <summary>Leaves the position at the closing brace.</summary>
    private bool Counts(out int least, out int? most)
    {
        most = null;
        int close = _text.IndexOf('}', _at);
        string[] counts = close < 0 ? [] : _text[(_at + 1)..close].Split(',');
        least = 0;
        if (counts.Length is not (1 or 2) || !Count(counts[0], out least))
            return false;
        if (counts.Length == 1)
            most = least;
        else if (counts[1].Length > 0)
        {
            if (!Count(counts[1], out int bound))
                return false;
            most = bound;
        }
        _at = close;
        return most is null || least <= most;
    }

    private static bool Count(string text, out int count)
        => int.TryParse(text, System.Globalization.NumberStyles.None, null, out count) && count <= MaxCount;

    private Pattern Class(CodePoints? set)
    {
        if (set is null)
            return Refuse(_classes.Problem!);
        return set.IsEmpty ? Refuse("has a class that no character is in") : new Pattern.Character(set);
    }

    private bool Skip(char c)
    {
        if (_at >= _text.Length || _text[_at] != c || _problem is not null)
            return false;
        _at++;
        return true;
    }

    private Pattern Refuse(string problem)
    {
        _problem ??= $"{problem} (at character {_at + 1})";
        return Pattern.Empty;
    }
}
