using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Python's ways to cut a text into a list.</summary>
internal static class TextSplitting
{
    public static Value Split(string text, Arguments arguments, Meter meter)
    {
        var (separator, most) = Bound(text, arguments, meter);
        if (separator is null)
            return ListOf(CodePoints.Words(text, most, meter));

        var parts = new List<Value>();
        int at = 0;
        while (most < 0 || parts.Count < most)
        {
            int found = text.IndexOf(separator, at, StringComparison.Ordinal);
            if (found < 0)
                break;
            Add(parts, text[at..found], meter);
            at = found + separator.Length;
        }
        Add(parts, text[at..], meter);
        return new Value.List(parts);
    }

    public static Value SplitFromEnd(string text, Arguments arguments, Meter meter)
    {
        var (separator, most) = Bound(text, arguments, meter);
        if (separator is null)
            return most < 0 ? ListOf(CodePoints.Words(text, most, meter)) : throw new TemplateFailure("'rsplit' with a bound needs a separator");

        var parts = new List<Value>();
        int end = text.Length;
        while (most < 0 || parts.Count < most)
        {
            int found = text.AsSpan(0, end).LastIndexOf(separator, StringComparison.Ordinal);
            if (found < 0)
                break;
            Add(parts, text[(found + separator.Length)..end], meter);
            end = found;
        }
        Add(parts, text[..end], meter);
        parts.Reverse();
        return new Value.List(parts);
    }

    public static Value Lines(string text, Arguments arguments, Meter meter)
    {
        bool keepEnds = arguments.Bind(0, "keepends")[0]?.IsTrue ?? false;
        meter.Make(text.Length);
        return ListOf(CodePoints.Lines(text, meter, keepEnds));
    }

    public static Value Partition(string text, Arguments arguments, Meter meter, bool last)
    {
        string separator = arguments.Text(arguments.Bind(1, "sep")[0]!, "sep");
        NotEmpty(separator);
        meter.Make(text.Length);
        meter.Search(text.Length, separator.Length);
        int at = last ? text.AsSpan().LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        string[] parts = at >= 0 ? [text[..at], separator, text[(at + separator.Length)..]] : last ? ["", "", text] : [text, "", ""];
        return new Value.List([.. parts.Select(p => new Value.Text(p))], IsTuple: true);
    }

    private static (string? Separator, long Most) Bound(string text, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "sep", "maxsplit");
        meter.Make(text.Length);
        string? separator = bound[0] is null or Value.None ? null : arguments.Text(bound[0]!, "sep");
        NotEmpty(separator);
        meter.Search(text.Length, separator?.Length ?? 1);
        return (separator, bound[1] is null ? -1 : arguments.Integer(bound[1]!, "maxsplit"));
    }

    private static void NotEmpty(string? separator)
    {
        if (separator is "")
            throw new TemplateFailure("the separator is empty");
    }

    private static void Add(List<Value> parts, string part, Meter meter)
    {
        meter.MakeElements(1);
        parts.Add(new Value.Text(part));
    }

    private static Value.List ListOf(List<string> parts) => new([.. parts.Select(p => new Value.Text(p))]);
}
