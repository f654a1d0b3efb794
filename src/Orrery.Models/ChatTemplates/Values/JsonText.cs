namespace Orrery.Models.ChatTemplates.Values;

/// <summary>Values as Python's <c>json.dumps</c> writes them.</summary>
/// <param name="EnsureAscii">Everything beyond ASCII as \uXXXX. Default off, as transformers sets it.</param>
/// <param name="Indent">What each level adds; null: all on one line.</param>
internal sealed record JsonText(bool EnsureAscii, string? Indent, string Comma, string Colon, bool SortKeys)
{
    public static JsonText Plain { get; } = new(EnsureAscii: false, Indent: null, ", ", ": ", SortKeys: false);

    public string Of(Value value, Meter meter)
    {
        var json = new MeteredText(meter);
        Write(value, json, level: 0);
        return json.ToString();
    }

    private void Write(Value value, MeteredText to, int level)
    {
        to.Meter.Enter();
        switch (value)
        {
            case Value.None:
                to.Append("null");
                break;
            case Value.Boolean boolean:
                to.Append(boolean.Is ? "true" : "false");
                break;
            case Value.Integer integer:
                to.Append(NumberText.Of(integer.Number));
                break;
            case Value.Float { Number: var number }:
                to.Append(double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity") : NumberText.Of(number));
                break;
            case Value.Text text:
                WriteQuoted(text.Chars, to);
                break;
            case Value.List list:
                WriteItems(list.Items, to, level);
                break;
            case Value.Map map:
                WriteEntries(map.Entries, to, level);
                break;
            default:
                throw new TemplateFailure($"{value.Kind} cannot be written as JSON");
        }
        to.Meter.Leave();
    }

    private void WriteItems(IReadOnlyList<Value> items, MeteredText to, int level)
    {
        to.Append('[');
        for (int i = 0; i < items.Count; i++)
        {
            Separate(to, i, level + 1);
            Write(items[i], to, level + 1);
        }
        Close(to, items.Count, level, ']');
    }

    private void WriteEntries(OrderedDictionary<Value, Value> entries, MeteredText to, int level)
    {
        to.Append('{');
        int i = 0;
        foreach (var (key, value) in SortKeys ? Sorted(entries, to.Meter) : entries)
        {
            Separate(to, i++, level + 1);
            WriteQuoted(NameOf(key), to);
            to.Append(Colon);
            Write(value, to, level + 1);
        }
        Close(to, entries.Count, level, '}');
    }

    private static IEnumerable<KeyValuePair<Value, Value>> Sorted(OrderedDictionary<Value, Value> entries, Meter meter)
    {
        meter.MakeElements(entries.Count);
        return entries.OrderBy(e => NameOf(e.Key), Comparer<string>.Create((a, b) =>
        {
            meter.Read(Math.Min(a.Length, b.Length));
            return CodePoints.Compare(a, b);
        }));
    }

    private static string NameOf(Value key) => key switch
    {
        Value.Text text => text.Chars,
        Value.None => "null",
        Value.Boolean boolean => boolean.Is ? "true" : "false",
        Value.Integer integer => NumberText.Of(integer.Number),
        _ => NumberText.Of(Numbers.Real(key)),
    };

    private void Separate(MeteredText to, int index, int level)
    {
        if (index > 0)
            to.Append(Comma);
        BreakLine(to, level);
    }

    private void Close(MeteredText to, int count, int level, char bracket)
    {
        if (count > 0)
            BreakLine(to, level);
        to.Append(bracket);
    }

    private void BreakLine(MeteredText to, int level)
    {
        if (Indent is null)
            return;
        to.Append('\n');
        for (int i = 0; i < level; i++)
            to.Append(Indent);
    }

    private void WriteQuoted(string text, MeteredText to)
    {
        to.Append('"');
        int plain = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (Escape(text[i]) is not { } escape)
                continue;
            to.Append(text.AsSpan(plain, i - plain)).Append(escape);
            plain = i + 1;
        }
        to.Append(text.AsSpan(plain)).Append('"');
    }

    private string? Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        < ' ' => $"\\u{(int)c:x4}",
        > '~' when EnsureAscii => $"\\u{(int)c:x4}",
        _ => null,
    };
}
