using System.Text;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Filters that make text. Most take any value as it prints.</summary>
internal static class TextFilters
{
    public static Filters.Filter Printed(Func<string, string> change) => (value, arguments, meter) => Filters.NoArguments(arguments, () =>
    {
        string text = PrintedText.Of(value, meter);
        meter.Make(text.Length);
        return new Value.Text(change(text));
    });

    /// <summary>A capital after blanks, dashes and opening brackets only; the method of the same name finds more.</summary>
    public static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        bool starts = true;
        foreach (char c in text)
        {
            title.Append(starts ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            starts = char.IsWhiteSpace(c) || c is '-' or '(' or '{' or '[' or '<';
        }
        return title.ToString();
    }

    public static Value Trim(Value value, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "chars");
        string? chars = bound[0] is null or Value.None ? null : arguments.Text(bound[0]!, "chars");
        string text = PrintedText.Of(value, meter);
        meter.Make(text.Length);
        meter.Read(text.Length * (long)(chars?.Length ?? 1));
        return new Value.Text(TextMethods.Strip(text, chars, start: true, end: true));
    }

    /// <summary>Indents every line but the first; empty lines stay empty.</summary>
    public static Value Indent(Value value, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "width", "first", "blank");
        bool first = bound[1]?.IsTrue ?? false, blank = bound[2]?.IsTrue ?? false;
        string indent = bound[0] switch
        {
            null => "    ",
            Value.Text chars => chars.Chars,
            var width => new string(' ', (int)Math.Clamp(arguments.Integer(width, "width"), 0, 1000)),
        };
        string text = arguments.Text(value, "the value");
        meter.Make(text.Length);

        var indented = new MeteredText(meter);
        var lines = CodePoints.Lines(text + "\n", meter);
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                indented.Append('\n');
            // With 'first', Jinja indents a first line even when it is empty.
            if (i == 0 ? first : blank || lines[i].Length > 0)
                indented.Append(indent);
            indented.Append(lines[i]);
        }
        return new Value.Text(indented.ToString());
    }

    public static Value Join(Value value, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "d", "attribute");
        string separator = bound[0] is null ? "" : PrintedText.Of(bound[0]!, meter);
        var joined = new MeteredText(meter);
        bool first = true;
        foreach (var item in Elements.Of(value, meter))
        {
            if (!first)
                joined.Append(separator);
            first = false;
            joined.Append(PrintedText.Of(bound[1] is null or Value.None ? item : Selection.AttributeOf(item, bound[1]!, meter), meter));
        }
        return new Value.Text(joined.ToString());
    }
}
