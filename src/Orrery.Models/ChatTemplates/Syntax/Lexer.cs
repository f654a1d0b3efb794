using System.Text.RegularExpressions;

namespace Orrery.Models.ChatTemplates.Syntax;

/// <summary>
/// Cuts a template into lexemes and applies whitespace control as transformers sets it (trim_blocks, lstrip_blocks):
/// <code>
///   "  {% if x %}\n"    a block alone on its line leaves nothing: blanks before it and the line break after it go
///   "{%- … -%}"         a minus takes all whitespace on its side, line breaks too
///   "{%+ … +%}"         a plus keeps what would have gone
///   "{{ … }}\n"         printing tags keep everything unless they have a minus
/// </code>
/// Line breaks become \n, and one at the very end goes. Comments vanish here.
/// </summary>
internal sealed partial class Lexer
{
    private static readonly string[] LongOperators = ["//", "**", "==", "!=", ">=", "<="];

    private const int MaxNameChars = 256;

    private const string ShortOperators = "+-*/%~<>=()[]{}.,:|";

    private readonly string _source;
    private readonly List<Lexeme> _lexemes = [];
    private readonly List<int> _lineStarts = [0];

    /// <summary>The closing brackets that are due, innermost last.</summary>
    private readonly Stack<char> _brackets = [];

    private int _at;

    private Lexer(string source)
    {
        _source = source;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == '\n')
                _lineStarts.Add(i + 1);
        }
    }

    /// <exception cref="InvalidTemplateException">A tag, text or bracket does not end, or a character belongs to nothing.</exception>
    public static List<Lexeme> Read(string source)
    {
        string normal = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(normal.EndsWith('\n') ? normal[..^1] : normal);
        lexer.ReadAll();
        return lexer._lexemes;
    }

    private void ReadAll()
    {
        bool lineStarts = true;
        while (true)
        {
            int open = FindTag(_at);
            if (open < 0)
            {
                AddRaw(_source[_at..], _at);
                Add(LexemeKind.End, "", _source.Length);
                return;
            }

            int textStart = _at;
            char kind = _source[open + 1];
            char sign = SignAt(open + 2);
            AddRaw(TextBefore(open, kind, sign, lineStarts), textStart);
            _at = open + 2 + (sign == '\0' ? 0 : 1);
            if (kind == '#')
                SkipComment(open);
            else if (kind == '%' && RawTag().Match(_source, _at) is { Success: true } raw)
                ReadVerbatim(open, raw);
            else
                ReadTag(open, kind);
            lineStarts = _at > 0 && _source[_at - 1] == '\n';
        }
    }

    private int FindTag(int from)
    {
        for (int at = _source.IndexOf('{', from); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#')
                return at;
        }
        return -1;
    }

    private char SignAt(int at) => at < _source.Length && _source[at] is '-' or '+' ? _source[at] : '\0';

    private string TextBefore(int open, char kind, char sign, bool lineStarts)
    {
        string text = _source[_at..open];
        if (sign == '-')
            return Whitespace.TrimEnd(text);
        if (sign == '+' || kind == '{')
            return text;
        int lastLine = text.LastIndexOf('\n') + 1;
        return (lastLine > 0 || lineStarts) && text.AsSpan(lastLine).Trim().IsEmpty ? text[..lastLine] : text;
    }

    private void SkipComment(int open)
    {
        int close = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (close < 0)
            throw Invalid(open, "the comment has no end; '#}' is expected");
        char sign = close > _at ? SignAt(close - 1) : '\0';
        _at = close + 2;
        AfterBlock(sign);
    }

    private void ReadVerbatim(int open, Match raw)
    {
        int start = raw.Index + raw.Length;
        if (EndRawTag().Match(_source, start) is not { Success: true } end)
            throw Invalid(open, "the raw block has no end; '{% endraw %}' is expected");
        string text = _source[start..end.Index];
        AddRaw(end.Groups["open"].Value == "-" ? Whitespace.TrimEnd(text) : text, start);
        _at = end.Index + end.Length;
        AfterBlock(end.Groups["close"].Value is [var sign] ? sign : '\0');
    }

    private void AfterBlock(char sign)
    {
        if (sign == '-')
            SkipWhitespace();
        else if (sign != '+' && _at < _source.Length && _source[_at] == '\n')
            _at++;
    }

    private void ReadTag(int open, char kind)
    {
        Add(kind == '%' ? LexemeKind.OpenBlock : LexemeKind.OpenPrint, kind == '%' ? "{%" : "{{", open);
        string close = kind == '%' ? "%}" : "}}";
        _brackets.Clear();
        while (true)
        {
            SkipWhitespace();
            if (_at >= _source.Length)
                throw Invalid(open, $"the tag has no end; '{close}' is expected");
            if (_brackets.Count == 0 && TryClose(kind, close))
                return;
            ReadOne();
        }
    }

    private bool TryClose(char kind, string close)
    {
        char sign = kind == '%' || _source[_at] == '-' ? SignAt(_at) : '\0';
        int at = _at + (sign == '\0' ? 0 : 1);
        if (string.CompareOrdinal(_source, at, close, 0, 2) != 0)
            return false;
        Add(kind == '%' ? LexemeKind.CloseBlock : LexemeKind.ClosePrint, close, at);
        _at = at + 2;
        if (kind == '%' || sign == '-')
            AfterBlock(sign);
        return true;
    }

    private void ReadOne()
    {
        char c = _source[_at];
        if (c is '\'' or '"')
            ReadString(c);
        else if (char.IsAsciiDigit(c))
            ReadNumber();
        else if (c == '_' || char.IsLetter(c))
            ReadName();
        else
            ReadOperator(c);
    }

    // Names are looked up as often as they are evaluated; a bound keeps that cheap.
    private void ReadName()
    {
        int length = From(_at, static c => c == '_' || char.IsLetterOrDigit(c));
        if (length > MaxNameChars)
            throw Invalid(_at, $"a name has {length} characters; at most {MaxNameChars} may be");
        Take(LexemeKind.Name, length);
    }

    private void ReadString(char quote)
    {
        int end = _at + 1;
        while (end < _source.Length && _source[end] != quote)
            end += _source[end] == '\\' ? 2 : 1;
        if (end >= _source.Length)
            throw Invalid(_at, $"the text has no end; {quote} is expected");
        string text = StringLiteral.Unescape(_source.AsSpan(_at + 1, end - _at - 1))
            ?? throw Invalid(_at, "the text holds a damaged escape; \\xhh, \\uhhhh and \\Uhhhhhhhh take that many hexadecimal digits");
        Add(LexemeKind.Text, text, _at);
        _at = end + 1;
    }

    private void ReadNumber()
    {
        // "a.0.1" indexes twice; only a number that does not follow a dot may have a fraction.
        bool whole = _lexemes[^1] is { Kind: LexemeKind.Operator, Text: "." };
        var number = (whole ? Digits() : Number()).Match(_source, _at);
        bool fraction = number.Value.AsSpan().IndexOfAny(".eE") >= 0;
        Take(fraction ? LexemeKind.Float : LexemeKind.Integer, number.Length);
    }

    private void ReadOperator(char c)
    {
        if (Array.Find(LongOperators, o => string.CompareOrdinal(_source, _at, o, 0, 2) == 0) is not null)
        {
            Take(LexemeKind.Operator, 2);
            return;
        }
        if (!ShortOperators.Contains(c, StringComparison.Ordinal))
            throw Invalid(_at, $"unexpected {TemplateMessage.Quote(c.ToString())}");
        if (c is '(' or '[' or '{')
            _brackets.Push(c switch { '(' => ')', '[' => ']', _ => '}' });
        else if (c is ')' or ']' or '}' && (!_brackets.TryPop(out char due) || due != c))
            throw Invalid(_at, due == '\0' ? $"'{c}' closes nothing" : $"'{c}' where '{due}' is expected");
        Take(LexemeKind.Operator, 1);
    }

    private int From(int start, Predicate<char> belongs)
    {
        int end = start;
        while (end < _source.Length && belongs(_source[end]))
            end++;
        return end - start;
    }

    private void SkipWhitespace() => _at += From(_at, Whitespace.Is);

    private void Take(LexemeKind kind, int length)
    {
        Add(kind, _source.Substring(_at, length), _at);
        _at += length;
    }

    private void AddRaw(string text, int at)
    {
        if (text.Length > 0)
            Add(LexemeKind.Raw, text, at);
    }

    private void Add(LexemeKind kind, string text, int at)
    {
        var (line, column) = Place(at);
        _lexemes.Add(new Lexeme(kind, text, line, column));
    }

    private (int Line, int Column) Place(int at)
    {
        int found = _lineStarts.BinarySearch(at);
        int line = found >= 0 ? found : ~found - 1;
        return (line + 1, at - _lineStarts[line] + 1);
    }

    private InvalidTemplateException Invalid(int at, string problem)
    {
        var (line, column) = Place(at);
        return new InvalidTemplateException(line, column, problem);
    }

    [GeneratedRegex(@"\G\s*raw\s*(?:-%\}\s*|%\})")]
    private static partial Regex RawTag();

    [GeneratedRegex(@"\{%(?<open>[-+]?)\s*endraw\s*(?<close>[-+]?)%\}")]
    private static partial Regex EndRawTag();

    [GeneratedRegex(@"\G(?:[0-9]_?)*[0-9]")]
    private static partial Regex Digits();

    [GeneratedRegex(@"\G(?:0[xX][0-9a-fA-F]+|[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?(?:[eE][-+]?[0-9]+)?)")]
    private static partial Regex Number();
}
