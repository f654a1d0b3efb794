using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;

namespace Orrery.Cli.Output.JsonPath;

/// <summary>Reads one path, left to right.</summary>
internal sealed class JsonPathReader(string text)
{
    private int _at;

    /// <exception cref="CliException">It is no path; says where.</exception>
    public JsonPathQuery Query()
    {
        var query = Path(isWhole: true);
        return _at == text.Length ? query : throw Wrong("is not understood");
    }

    private JsonPathQuery Path(bool isWhole)
    {
        bool fromRoot = Take('$');
        bool isMarked = fromRoot || Take('@');
        List<JsonPathStep> steps = [];
        while (_at < text.Length)
        {
            if (Take('.'))
            {
                if (Take('.'))
                    steps.Add(new JsonPathStep.Below());
                if (_at < text.Length && text[_at] == '[')
                    continue;
                if (Take('*'))
                    steps.Add(new JsonPathStep.All());
                else if (Name() is { Length: > 0 } name)
                    steps.Add(new JsonPathStep.Fields([name]));
                else if (!isWhole || steps.Count > 0 || _at < text.Length)
                    throw Wrong("must be a field's name");
            }
            else if (Take('['))
            {
                steps.Add(Brackets());
            }
            else if (isWhole && steps.Count == 0 && !isMarked && Name() is { Length: > 0 } first)
            {
                steps.Add(new JsonPathStep.Fields([first]));
            }
            else
            {
                break;
            }
        }
        return new JsonPathQuery(fromRoot, steps);
    }

    private JsonPathStep Brackets()
    {
        if (Take('?'))
            return Filter();
        if (Take('*'))
            return Closed(new JsonPathStep.All());
        if (_at < text.Length && text[_at] is '\'' or '"')
        {
            List<string> names = [Quoted()];
            while (TakeAfterSpace(','))
            {
                Space();
                names.Add(Quoted());
            }
            return Closed(new JsonPathStep.Fields(names));
        }
        var first = Number();
        if (Take(':'))
        {
            var end = Number();
            int by = Take(':') ? Number() ?? 1 : 1;
            return by > 0 ? Closed(new JsonPathStep.Slice(first, end, by)) : throw Wrong("a slice's step must be 1 or more");
        }
        List<int> indexes = [first ?? throw Wrong("must be a number, '*', a quoted name or a filter ?(…)")];
        while (TakeAfterSpace(','))
        {
            Space();
            indexes.Add(Number() ?? throw Wrong("must be a number"));
        }
        return Closed(new JsonPathStep.Items(indexes));
    }

    private JsonPathStep Filter()
    {
        if (!Take('('))
            throw Wrong("a filter is written ?(@.field==\"value\")");
        var left = Operand();
        Space();
        string? comparison = ((string[])["==", "!=", "<=", ">=", "<", ">"]).FirstOrDefault(o => string.CompareOrdinal(text, _at, o, 0, o.Length) == 0);
        _at += comparison?.Length ?? 0;
        var right = comparison is null ? null : Operand();
        if (!TakeAfterSpace(')'))
            throw Wrong("the filter has no closing ')'");
        return Closed(new JsonPathStep.Filter(left, comparison, right));
    }

    private JsonPathOperand Operand()
    {
        Space();
        if (_at < text.Length && text[_at] is '@' or '$')
            return new JsonPathOperand(Path(isWhole: false), null);
        if (_at < text.Length && text[_at] is '\'' or '"')
            return new JsonPathOperand(null, JsonValue.Create(Quoted()));
        int start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '-' or '+' or '.'))
            _at++;
        string word = text[start.._at];
        return word switch
        {
            "true" => new JsonPathOperand(null, JsonValue.Create(true)),
            "false" => new JsonPathOperand(null, JsonValue.Create(false)),
            _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => new JsonPathOperand(null, JsonValue.Create(number)),
            _ => throw Wrong("must be a path that begins with @, a quoted text or a number"),
        };
    }

    private JsonPathStep Closed(JsonPathStep step) => TakeAfterSpace(']') ? step : throw Wrong("has no closing ']'");

    /// <summary>A backslash takes the character after it as it is: <c>.metadata.annotations.a\.b/c</c>.</summary>
    private string Name()
    {
        var name = new StringBuilder();
        while (_at < text.Length && text[_at] is not ('.' or '[' or ']' or ' ' or ')' or '=' or '!' or '<' or '>' or ',' or '*' or '\'' or '"'))
        {
            if (text[_at] == '\\' && _at + 1 < text.Length)
                _at++;
            name.Append(text[_at++]);
        }
        return name.ToString();
    }

    private string Quoted()
    {
        char quote = text[_at++];
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] != quote)
        {
            if (text[_at] == '\\' && _at + 1 < text.Length)
                _at++;
            value.Append(text[_at++]);
        }
        return Take(quote) ? value.ToString() : throw Wrong($"has no closing {quote}");
    }

    private int? Number()
    {
        Space();
        int start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '-'))
            _at++;
        if (start == _at)
            return null;
        return int.TryParse(text.AsSpan(start, _at - start), CultureInfo.InvariantCulture, out int number) ? number : throw Wrong($"'{text[start.._at]}' must be a number");
    }

    private void Space()
    {
        while (_at < text.Length && text[_at] == ' ')
            _at++;
    }

    private bool TakeAfterSpace(char c)
    {
        Space();
        return Take(c);
    }

    private bool Take(char c)
    {
        if (_at >= text.Length || text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private CliException Wrong(string what) => new($"jsonpath: '{text}', at character {_at + 1}: {what}. An example: {{.items[*].metadata.name}}");
}
