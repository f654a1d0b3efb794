using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Operators whose operands are all evaluated. As in Python, <c>+</c> joins only what is of one kind; <c>~</c> joins anything as text.</summary>
internal static class Operators
{
    public static Value Unary(string operation, Value operand)
    {
        if (operation == "not")
            return Value.Of(!operand.IsTrue);
        if (!Numbers.Is(operand))
            throw new TemplateFailure($"'{operation}' needs a number and has {operand.Kind}");
        return operation == "-" ? Numbers.Negate(operand) : operand;
    }

    public static Value Binary(string operation, Value left, Value right, Meter meter) => (operation, left, right) switch
    {
        ("~", _, _) => Join(PrintedText.Of(left, meter), PrintedText.Of(right, meter), meter),
        ("+", Value.Text a, Value.Text b) => Join(a.Chars, b.Chars, meter),
        ("+", Value.List a, Value.List b) when a.IsTuple == b.IsTuple => Join(a, b, meter),
        ("*", Value.Text a, Value.Integer or Value.Boolean) => Repeat(a.Chars, Numbers.Whole(right), meter),
        ("*", Value.Integer or Value.Boolean, Value.Text b) => Repeat(b.Chars, Numbers.Whole(left), meter),
        ("*", Value.List a, Value.Integer or Value.Boolean) => Repeat(a, Numbers.Whole(right), meter),
        ("*", Value.Integer or Value.Boolean, Value.List b) => Repeat(b, Numbers.Whole(left), meter),
        _ when Numbers.Are(left, right) => Numbers.Calculate(operation, left, right),
        _ => throw new TemplateFailure($"'{operation}' cannot take {left.Kind} and {right.Kind}"),
    };

    private static Value.Text Join(string a, string b, Meter meter)
    {
        CheckLength(a.Length + (long)b.Length, meter);
        return new Value.Text(a + b);
    }

    private static Value.List Join(Value.List a, Value.List b, Meter meter)
    {
        meter.MakeElements(a.Items.Count + (long)b.Items.Count);
        return new Value.List([.. a.Items, .. b.Items], a.IsTuple);
    }

    private static Value.Text Repeat(string text, long count, Meter meter)
    {
        count = text.Length == 0 ? 0 : Math.Clamp(count, 0, int.MaxValue);
        CheckLength(text.Length * count, meter);
        return new Value.Text(string.Concat(Enumerable.Repeat(text, (int)count)));
    }

    private static Value.List Repeat(Value.List list, long count, Meter meter)
    {
        count = list.Items.Count == 0 ? 0 : Math.Clamp(count, 0, int.MaxValue);
        meter.MakeElements(list.Items.Count * count);
        return new Value.List([.. Enumerable.Repeat(list.Items, (int)count).SelectMany(i => i)], list.IsTuple);
    }

    /// <summary>One text is never longer than the result may be, whatever the sum of all may be.</summary>
    private static void CheckLength(long chars, Meter meter)
    {
        meter.Make(chars);
        if (chars > meter.Options.MaxOutputChars)
            throw new TemplateFailure($"it makes a text of more than {meter.Options.MaxOutputChars} characters, the bound");
    }
}
