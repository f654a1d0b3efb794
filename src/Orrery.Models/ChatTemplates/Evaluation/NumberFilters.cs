using System.Globalization;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Filters that make numbers.</summary>
internal static class NumberFilters
{
    public static Value Integer(Value value, Arguments arguments)
    {
        var bound = arguments.Bind(0, "default", "base");
        var otherwise = bound[0] ?? new Value.Integer(0);
        return value switch
        {
            Value.Integer or Value.Boolean => new Value.Integer(Numbers.Whole(value)),
            Value.Float number => Truncated(number.Number) ?? otherwise,
            Value.Text text => Parsed(text.Chars, bound[1] is null ? 10 : arguments.Integer(bound[1]!, "base")) ?? otherwise,
            _ => otherwise,
        };
    }

    public static Value Float(Value value, Arguments arguments)
    {
        var otherwise = arguments.Bind(0, "default")[0] ?? new Value.Float(0);
        return value switch
        {
            Value.Integer or Value.Boolean or Value.Float => new Value.Float(Numbers.Real(value)),
            Value.Text text when double.TryParse(text.Chars, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => new Value.Float(number),
            _ => otherwise,
        };
    }

    public static Value Round(Value value, Arguments arguments)
    {
        var bound = arguments.Bind(0, "precision", "method");
        if (!Numbers.Is(value))
            throw new TemplateFailure($"the filter 'round' needs a number and has {value.Kind}");
        int digits = (int)Math.Clamp(bound[0] is null ? 0 : arguments.Integer(bound[0]!, "precision"), -300, 300);
        string method = bound[1] is null ? "common" : arguments.Text(bound[1]!, "method");
        if (method == "common" && value is not Value.Float && digits >= 0)
            return new Value.Integer(Numbers.Whole(value));

        double scale = Math.Pow(10, digits), scaled = Numbers.Real(value) * scale;
        return new Value.Float(method switch
        {
            "common" when digits is >= 0 and <= 15 => Math.Round(Numbers.Real(value), digits, MidpointRounding.ToEven),
            "common" => Math.Round(scaled, MidpointRounding.ToEven) / scale,
            "ceil" => Math.Ceiling(scaled) / scale,
            "floor" => Math.Floor(scaled) / scale,
            _ => throw new TemplateFailure("the filter 'round': 'method' must be common, ceil or floor"),
        });
    }

    public static Value Sum(Value value, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "attribute", "start");
        var sum = bound[1] ?? new Value.Integer(0);
        foreach (var item in Elements.Of(value, meter))
            sum = Operators.Binary("+", sum, bound[0] is null or Value.None ? item : Selection.AttributeOf(item, bound[0]!, meter), meter);
        return sum;
    }

    private static Value.Integer? Truncated(double number)
        => double.IsFinite(number) && Math.Abs(number) < 9.2e18 ? new Value.Integer((long)number) : null;

    private static Value.Integer? Parsed(string text, long numberBase)
    {
        if (numberBase == 16)
        {
            string digits = text.Trim().StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.Trim()[2..] : text.Trim();
            return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hexadecimal) ? new Value.Integer(hexadecimal) : null;
        }
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long whole))
            return new Value.Integer(whole);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? Truncated(number) : null;
    }
}
