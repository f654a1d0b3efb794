using System.Globalization;

namespace Orrery.Models.ChatTemplates.Values;

/// <summary>Values as Python prints them: <c>None</c>, <c>True</c>, <c>['a', 1.0]</c>, <c>{'k': 'v'}</c>.</summary>
internal static class PrintedText
{
    public static string Of(Value value, Meter meter)
    {
        switch (value)
        {
            case Value.Text text:
                return text.Chars;
            case Value.Undefined:
                return "";
            default:
                var printed = new MeteredText(meter);
                Write(value, printed);
                return printed.ToString();
        }
    }

    private static void Write(Value value, MeteredText to)
    {
        to.Meter.Enter();
        switch (value)
        {
            case Value.Undefined:
                to.Append("Undefined");
                break;
            case Value.None:
                to.Append("None");
                break;
            case Value.Boolean boolean:
                to.Append(boolean.Is ? "True" : "False");
                break;
            case Value.Integer integer:
                to.Append(NumberText.Of(integer.Number));
                break;
            case Value.Float number:
                to.Append(NumberText.Of(number.Number));
                break;
            case Value.Text text:
                WriteQuoted(text.Chars, to);
                break;
            case Value.List list:
                WriteItems(list, to);
                break;
            case Value.Map map:
                WriteEntries(map.Entries, to.Append('{'));
                to.Append('}');
                break;
            case Value.Namespace space:
                WriteEntries(space.Attributes.Select(a => KeyValuePair.Create<Value, Value>(new Value.Text(a.Key), a.Value)), to.Append("<Namespace {"));
                to.Append("}>");
                break;
            case Value.Function function:
                to.Append("<function ").Append(function.Name).Append('>');
                break;
        }
        to.Meter.Leave();
    }

    private static void WriteItems(Value.List list, MeteredText to)
    {
        to.Append(list.IsTuple ? '(' : '[');
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (i > 0)
                to.Append(", ");
            Write(list.Items[i], to);
        }
        to.Append(!list.IsTuple ? "]" : list.Items.Count == 1 ? ",)" : ")");
    }

    private static void WriteEntries(IEnumerable<KeyValuePair<Value, Value>> entries, MeteredText to)
    {
        bool first = true;
        foreach (var (key, value) in entries)
        {
            if (!first)
                to.Append(", ");
            first = false;
            Write(key, to);
            to.Append(": ");
            Write(value, to);
        }
    }

    /// <summary>In single quotes unless only double ones spare an escape.</summary>
    private static void WriteQuoted(string text, MeteredText to)
    {
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        to.Append(quote);
        int plain = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (Escape(text, i, quote) is not { } escape)
                continue;
            to.Append(text.AsSpan(plain, i - plain)).Append(escape);
            plain = i + 1;
        }
        to.Append(text.AsSpan(plain)).Append(quote);
    }

    private static string? Escape(string text, int at, char quote)
    {
        char c = text[at];
        switch (c)
        {
            case '\\':
                return "\\\\";
            case '\n':
                return "\\n";
            case '\r':
                return "\\r";
            case '\t':
                return "\\t";
            case ' ':
                return null;
        }
        if (c == quote)
            return $"\\{c}";
        if (c < 0x7F && c >= ' ')
            return null;
        bool paired = char.IsSurrogate(c)
            && ((at > 0 && char.IsSurrogatePair(text[at - 1], c)) || (at + 1 < text.Length && char.IsSurrogatePair(c, text[at + 1])));
        bool hidden = !paired && char.GetUnicodeCategory(c)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator;
        if (!hidden)
            return null;
        return c <= 0xFF ? $"\\x{(int)c:x2}" : $"\\u{(int)c:x4}";
    }
}
