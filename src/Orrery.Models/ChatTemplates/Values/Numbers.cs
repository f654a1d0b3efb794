namespace Orrery.Models.ChatTemplates.Values;

/// <summary>Arithmetic as Python does it, on 64-bit integers and floats; booleans count as 0 and 1.</summary>
internal static class Numbers
{
    public static bool Are(Value a, Value b) => Is(a) && Is(b);

    public static bool Is(Value value) => value is Value.Integer or Value.Float or Value.Boolean;

    /// <summary>Null: one of them is not a number after all, NaN.</summary>
    public static int? Compare(Value a, Value b)
    {
        if (a is not Value.Float && b is not Value.Float)
            return Whole(a).CompareTo(Whole(b));
        double x = Real(a), y = Real(b);
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : null;
    }

    /// <exception cref="TemplateFailure">Division by zero, or the result does not fit.</exception>
    public static Value Calculate(string operation, Value a, Value b)
    {
        try
        {
            return a is Value.Float || b is Value.Float || operation == "/" || (operation == "**" && Whole(b) < 0)
                ? new Value.Float(OfReals(operation, Real(a), Real(b)))
                : new Value.Integer(OfWholes(operation, Whole(a), Whole(b)));
        }
        catch (OverflowException)
        {
            throw new TemplateFailure($"the result of '{operation}' does not fit into 64 bits");
        }
        catch (DivideByZeroException)
        {
            throw new TemplateFailure($"'{operation}' divides by zero");
        }
    }

    public static Value Negate(Value value) => value is Value.Float number
        ? new Value.Float(-number.Number)
        : Calculate("-", new Value.Integer(0), value);

    public static double Real(Value value) => value is Value.Float number ? number.Number : Whole(value);

    public static long Whole(Value value) => value switch
    {
        Value.Integer integer => integer.Number,
        Value.Boolean boolean => boolean.Is ? 1 : 0,
        _ => throw new TemplateFailure($"{value.Kind} is not an integer"),
    };

    private static long OfWholes(string operation, long a, long b) => checked(operation switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "//" => FloorDivide(a, b),
        "%" => b == -1 ? 0 : a - FloorDivide(a, b) * b,
        "**" => Power(a, b),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    });

    private static double OfReals(string operation, double a, double b)
    {
        if (b == 0 && operation is "/" or "//" or "%")
            throw new DivideByZeroException();
        double result = operation switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "//" => Math.Floor(a / b),
            "%" => a - Math.Floor(a / b) * b,
            "**" when a == 0 && b < 0 => throw new DivideByZeroException(),
            "**" => Math.Pow(a, b),
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        };
        return operation == "**" && !double.IsFinite(result) && double.IsFinite(a) && double.IsFinite(b) ? throw new OverflowException() : result;
    }

    private static long FloorDivide(long a, long b)
    {
        long quotient = checked(a / b);
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    // At most 63 rounds: a base beyond -1, 0 and 1 overflows before more.
    private static long Power(long value, long exponent)
    {
        if (value is 0 or 1)
            return exponent == 0 ? 1 : value;
        if (value == -1)
            return exponent % 2 == 0 ? 1 : -1;
        long power = 1;
        for (long i = 0; i < exponent; i++)
            power = checked(power * value);
        return power;
    }
}
