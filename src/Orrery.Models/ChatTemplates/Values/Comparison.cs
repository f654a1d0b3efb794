namespace Orrery.Models.ChatTemplates.Values;

/// <summary>Equality, order and membership as Python has them.</summary>
internal static class Comparison
{
    public static bool Equal(Value a, Value b, Meter meter)
    {
        meter.Enter();
        bool equal = (a, b) switch
        {
            (Value.Text x, Value.Text y) => EqualTexts(x.Chars, y.Chars, meter),
            (Value.List x, Value.List y) => x.IsTuple == y.IsTuple && EqualItems(x.Items, y.Items, meter),
            (Value.Map x, Value.Map y) => EqualEntries(x, y, meter),
            (Value.Undefined, Value.Undefined) or (Value.None, Value.None) => true,
            _ when Numbers.Are(a, b) => Numbers.Compare(a, b) == 0,
            _ => ReferenceEquals(a, b),
        };
        meter.Leave();
        return equal;
    }

    /// <returns>Negative, 0 or positive.</returns>
    /// <exception cref="TemplateFailure">The two have no order.</exception>
    public static int Order(Value a, Value b, Meter meter)
    {
        meter.Enter();
        int order = (a, b) switch
        {
            (Value.Text x, Value.Text y) => OrderTexts(x.Chars, y.Chars, meter),
            (Value.List x, Value.List y) when x.IsTuple == y.IsTuple => OrderItems(x.Items, y.Items, meter),
            _ when Numbers.Are(a, b) => Numbers.Compare(a, b) ?? 1,
            _ => throw new TemplateFailure($"{a.Kind} and {b.Kind} have no order"),
        };
        meter.Leave();
        return order;
    }

    public static bool Holds(string comparison, Value a, Value b, Meter meter) => comparison switch
    {
        "==" => Equal(a, b, meter),
        "!=" => !Equal(a, b, meter),
        "in" => In(a, b, meter),
        "not in" => !In(a, b, meter),
        _ when IsNotANumber(a) || IsNotANumber(b) => false,
        "<" => Order(a, b, meter) < 0,
        "<=" => Order(a, b, meter) <= 0,
        ">" => Order(a, b, meter) > 0,
        ">=" => Order(a, b, meter) >= 0,
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };

    public static bool In(Value item, Value container, Meter meter)
    {
        switch (container)
        {
            case Value.Text text when item is Value.Text part:
                meter.Search(text.Chars.Length, part.Chars.Length);
                return text.Chars.Contains(part.Chars, StringComparison.Ordinal);
            case Value.List list:
                return list.Items.Any(i => Equal(i, item, meter));
            case Value.Map map:
                return map.Find(item, meter) is not null;
            case Value.Undefined:
                return false;
            default:
                throw new TemplateFailure($"{item.Kind} cannot be in {container.Kind}");
        }
    }

    private static bool IsNotANumber(Value value) => value is Value.Float { Number: double.NaN };

    private static bool EqualTexts(string a, string b, Meter meter)
    {
        meter.Read(Math.Min(a.Length, b.Length));
        return a == b;
    }

    private static int OrderTexts(string a, string b, Meter meter)
    {
        meter.Read(Math.Min(a.Length, b.Length));
        return CodePoints.Compare(a, b);
    }

    private static bool EqualItems(IReadOnlyList<Value> a, IReadOnlyList<Value> b, Meter meter)
    {
        if (a.Count != b.Count)
            return false;
        for (int i = 0; i < a.Count; i++)
        {
            if (!Equal(a[i], b[i], meter))
                return false;
        }
        return true;
    }

    private static bool EqualEntries(Value.Map a, Value.Map b, Meter meter)
        => a.Entries.Count == b.Entries.Count && a.Entries.All(entry => b.Find(entry.Key, meter) is { } other && Equal(entry.Value, other, meter));

    private static int OrderItems(IReadOnlyList<Value> a, IReadOnlyList<Value> b, Meter meter)
    {
        for (int i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            if (!Equal(a[i], b[i], meter))
                return Order(a[i], b[i], meter);
        }
        return a.Count.CompareTo(b.Count);
    }
}
