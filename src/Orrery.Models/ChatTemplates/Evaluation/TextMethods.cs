using System.Collections.Frozen;
using System.Text;
using Orrery.Models.ChatTemplates.Syntax;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Python's methods of str, as far as templates go.</summary>
internal static class TextMethods
{
    public delegate Value Method(string text, Arguments arguments, Meter meter);

    public static FrozenDictionary<string, Method> ByName { get; } = new Dictionary<string, Method>
    {
        ["upper"] = Plain(t => t.ToUpperInvariant()),
        ["lower"] = Plain(t => t.ToLowerInvariant()),
        ["capitalize"] = Plain(Capitalize),
        ["title"] = Plain(Title),
        ["strip"] = (t, a, m) => Strip(t, a, m, start: true, end: true),
        ["lstrip"] = (t, a, m) => Strip(t, a, m, start: true, end: false),
        ["rstrip"] = (t, a, m) => Strip(t, a, m, start: false, end: true),
        ["startswith"] = (t, a, m) => HasAffix(t, a, m, static (text, affix) => text.StartsWith(affix, StringComparison.Ordinal)),
        ["endswith"] = (t, a, m) => HasAffix(t, a, m, static (text, affix) => text.EndsWith(affix, StringComparison.Ordinal)),
        ["removeprefix"] = (t, a, m) => RemoveAffix(t, a, m, prefix: true),
        ["removesuffix"] = (t, a, m) => RemoveAffix(t, a, m, prefix: false),
        ["split"] = (t, a, m) => TextSplitting.Split(t, a, m),
        ["rsplit"] = (t, a, m) => TextSplitting.SplitFromEnd(t, a, m),
        ["splitlines"] = (t, a, m) => TextSplitting.Lines(t, a, m),
        ["partition"] = (t, a, m) => TextSplitting.Partition(t, a, m, last: false),
        ["rpartition"] = (t, a, m) => TextSplitting.Partition(t, a, m, last: true),
        ["replace"] = Replace,
        ["join"] = (t, a, m) => Join(t, a.Bind(1, "iterable")[0]!, m),
        ["find"] = (t, a, m) => new Value.Integer(Find(t, a, m)),
        ["index"] = (t, a, m) => Find(t, a, m) is >= 0 and var at ? new Value.Integer(at) : throw new TemplateFailure("what 'index' looks for is not in the text"),
        ["count"] = Count,
        ["isdigit"] = All(char.IsDigit),
        ["isalpha"] = All(char.IsLetter),
        ["isalnum"] = All(char.IsLetterOrDigit),
        ["isspace"] = All(Whitespace.Is),
        ["isupper"] = (t, a, m) => Value.Of(IsCased(t, a, m) && !t.Any(char.IsLower)),
        ["islower"] = (t, a, m) => Value.Of(IsCased(t, a, m) && !t.Any(char.IsUpper)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string Capitalize(string text)
        => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>A capital wherever a letter follows something else.</summary>
    public static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            title.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }
        return title.ToString();
    }

    public static Value.Text Join(string separator, Value items, Meter meter)
    {
        var joined = new MeteredText(meter);
        bool first = true;
        foreach (var item in Elements.Of(items, meter))
        {
            if (!first)
                joined.Append(separator);
            first = false;
            joined.Append(item is Value.Text text ? text.Chars : throw new TemplateFailure($"'join' takes texts, and one element is {item.Kind}"));
        }
        return new Value.Text(joined.ToString());
    }

    public static Value Replace(string text, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(2, "old", "new", "count");
        string old = arguments.Text(bound[0]!, "old"), to = arguments.Text(bound[1]!, "new");
        long most = bound[2] is null or Value.None ? -1 : arguments.Integer(bound[2]!, "count");
        meter.Search(text.Length, old.Length);

        // An empty text is found before every character and at the end.
        var replaced = new MeteredText(meter);
        int at = 0;
        for (; most != 0; most--)
        {
            int found = text.AsSpan(at).IndexOf(old, StringComparison.Ordinal);
            if (found < 0)
                break;
            replaced.Append(text.AsSpan(at, found)).Append(to);
            at += found + old.Length;
            if (old.Length > 0)
                continue;
            if (at == text.Length)
                return new Value.Text(replaced.ToString());
            replaced.Append(text[at++]);
        }
        return new Value.Text(replaced.Append(text.AsSpan(at)).ToString());
    }

    public static string Strip(string text, string? chars, bool start, bool end)
    {
        int from = 0, to = text.Length;
        while (start && from < to && Goes(text[from]))
            from++;
        while (end && to > from && Goes(text[to - 1]))
            to--;
        return text[from..to];

        bool Goes(char c) => chars is null ? Whitespace.Is(c) : chars.Contains(c, StringComparison.Ordinal);
    }

    private static Value.Text Strip(string text, Arguments arguments, Meter meter, bool start, bool end)
    {
        var bound = arguments.Bind(0, "chars");
        string? chars = bound[0] is null or Value.None ? null : arguments.Text(bound[0]!, "chars");
        // Each character may be looked for in all of the set.
        meter.Make(text.Length);
        meter.Read(text.Length * (long)(chars?.Length ?? 1));
        return new Value.Text(Strip(text, chars, start, end));
    }

    private static Value HasAffix(string text, Arguments arguments, Meter meter, Func<string, string, bool> has)
    {
        var affixes = arguments.Bind(1, "affix")[0]! is Value.List { IsTuple: true } several ? several.Items : [arguments.Positional[0]];
        foreach (var affix in affixes)
        {
            string chars = arguments.Text(affix, "affix");
            meter.Read(chars.Length);
            if (has(text, chars))
                return Value.True;
        }
        return Value.False;
    }

    private static Value.Text RemoveAffix(string text, Arguments arguments, Meter meter, bool prefix)
    {
        string affix = arguments.Text(arguments.Bind(1, "affix")[0]!, "affix");
        meter.Make(text.Length);
        if (prefix)
            return new Value.Text(text.StartsWith(affix, StringComparison.Ordinal) ? text[affix.Length..] : text);
        return new Value.Text(text.EndsWith(affix, StringComparison.Ordinal) ? text[..^affix.Length] : text);
    }

    /// <summary>In code points; -1: not there.</summary>
    private static int Find(string text, Arguments arguments, Meter meter)
    {
        string part = arguments.Text(arguments.Bind(1, "part")[0]!, "part");
        meter.Search(text.Length, part.Length);
        int at = text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : CodePoints.Count(text[..at]);
    }

    private static Value.Integer Count(string text, Arguments arguments, Meter meter)
    {
        string part = arguments.Text(arguments.Bind(1, "part")[0]!, "part");
        meter.Search(text.Length, part.Length);
        return new Value.Integer(part.Length == 0 ? CodePoints.Count(text) + 1 : text.AsSpan().Count(part));
    }

    private static bool IsCased(string text, Arguments arguments, Meter meter)
    {
        arguments.Bind(0);
        meter.Make(text.Length);
        return text.Any(c => char.IsUpper(c) || char.IsLower(c));
    }

    private static Method Plain(Func<string, string> change) => (text, arguments, meter) =>
    {
        arguments.Bind(0);
        meter.Make(text.Length);
        return new Value.Text(change(text));
    };

    private static Method All(Predicate<char> belongs) => (text, arguments, meter) =>
    {
        arguments.Bind(0);
        meter.Read(text.Length);
        return Value.Of(text.Length > 0 && text.All(c => belongs(c)));
    };
}
