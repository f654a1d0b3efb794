using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Filters that order lists. Unless told otherwise they take large and small letters for the same, and keep the order of equals.</summary>
internal static class ListFilters
{
    public static Value Sort(Value value, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "reverse", "case_sensitive", "attribute");
        var keys = Keys(Elements.Of(value, meter), bound[2], bound[1]?.IsTrue ?? false, meter);
        return new Value.List(Sorted(keys, bound[0]?.IsTrue ?? false, meter));
    }

    public static Value SortEntries(Value value, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "case_sensitive", "by", "reverse");
        string by = bound[1] is null ? "key" : arguments.Text(bound[1]!, "by");
        if (by is not ("key" or "value"))
            throw new TemplateFailure("the filter 'dictsort': 'by' must be key or value");
        if (value is not Value.Map map)
            throw new TemplateFailure($"the filter 'dictsort' needs a mapping and has {value.Kind}");
        var pairs = Elements.Pairs(map.Entries, meter).Items;
        var keys = Keys(pairs, new Value.Integer(by == "key" ? 0 : 1), bound[0]?.IsTrue ?? false, meter);
        return new Value.List(Sorted(keys, bound[2]?.IsTrue ?? false, meter));
    }

    public static Value Unique(Value value, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(0, "case_sensitive", "attribute");
        var seen = new List<Value>();
        var kept = new List<Value>();
        foreach (var (item, key) in Keys(Elements.Of(value, meter), bound[1], bound[0]?.IsTrue ?? false, meter))
        {
            if (seen.Exists(s => Comparison.Equal(s, key, meter)))
                continue;
            seen.Add(key);
            kept.Add(item);
        }
        return new Value.List(kept);
    }

    public static Value Reverse(Value value, Arguments arguments, Meter meter) => Filters.NoArguments(arguments, () =>
    {
        var items = Elements.Of(value, meter);
        meter.MakeElements(items.Count);
        return value is Value.Text
            ? new Value.Text(string.Concat(items.Reverse().Select(i => ((Value.Text)i).Chars)))
            : new Value.List([.. items.Reverse()]);
    });

    /// <param name="sign">1: the largest; -1: the smallest. Of equals the first.</param>
    public static Value Extreme(Value value, Arguments arguments, Meter meter, int sign)
    {
        var bound = arguments.Bind(0, "case_sensitive", "attribute");
        (Value Item, Value Key)? best = null;
        foreach (var candidate in Keys(Elements.Of(value, meter), bound[1], bound[0]?.IsTrue ?? false, meter))
        {
            if (best is null || Comparison.Order(candidate.Key, best.Value.Key, meter) * sign > 0)
                best = candidate;
        }
        return best?.Item ?? new Value.Undefined("the extreme of nothing");
    }

    private static List<(Value Item, Value Key)> Keys(IReadOnlyList<Value> items, Value? attribute, bool caseSensitive, Meter meter)
    {
        meter.MakeElements(2L * items.Count);
        var keys = new List<(Value, Value)>(items.Count);
        foreach (var item in items)
        {
            var key = attribute is null or Value.None ? item : Selection.AttributeOf(item, attribute, meter);
            if (!caseSensitive && key is Value.Text text)
            {
                meter.Make(text.Chars.Length);
                key = new Value.Text(text.Chars.ToLowerInvariant());
            }
            keys.Add((item, key));
        }
        return keys;
    }

    private static List<Value> Sorted(List<(Value Item, Value Key)> keys, bool reverse, Meter meter)
    {
        meter.MakeElements(keys.Count);
        var order = Comparer<Value>.Create((a, b) => Comparison.Order(a, b, meter));
        try
        {
            var sorted = reverse ? keys.OrderByDescending(k => k.Key, order) : keys.OrderBy(k => k.Key, order);
            return [.. sorted.Select(k => k.Item)];
        }
        catch (InvalidOperationException e) when (e.InnerException is TemplateFailure failure)
        {
            throw new TemplateFailure(failure.Message);
        }
    }
}
