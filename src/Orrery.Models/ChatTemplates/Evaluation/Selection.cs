using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>map, select, reject, selectattr, rejectattr.</summary>
internal static class Selection
{
    /// <summary><c>map(attribute='a.b', default=…)</c>, or <c>map('filter', …)</c> with the filter's arguments.</summary>
    public static Value Map(Value value, Arguments arguments, Meter meter)
    {
        var items = ElementsOf(value, meter);
        if (arguments.Positional.Count == 0)
        {
            var bound = arguments.Bind(0, "attribute", "default");
            var attribute = bound[0] ?? throw new TemplateFailure("the filter 'map' needs an attribute or another filter's name");
            return new Value.List([.. items.Select(i => OrDefault(AttributeOf(i, attribute, meter), bound[1]))]);
        }
        string filter = arguments.Text(arguments.Positional[0], "the filter's name");
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return new Value.List([.. items.Select(i => Filters.Apply(filter, i, rest, meter))]);
    }

    /// <summary>Elements for which a test holds; without a test, which are true.</summary>
    /// <param name="byAttribute">The first argument names the attribute to test.</param>
    public static Value Keep(Value value, Arguments arguments, Meter meter, bool byAttribute, bool wanted)
    {
        int testAt = byAttribute ? 1 : 0;
        if (arguments.Positional.Count < testAt)
            throw new TemplateFailure($"{arguments.Callee} needs an attribute's name");
        string? test = arguments.Positional.Count > testAt ? arguments.Text(arguments.Positional[testAt], "the test's name") : null;
        var rest = new Arguments($"the test '{test}'", [.. arguments.Positional.Skip(testAt + 1)], arguments.Named);

        var items = ElementsOf(value, meter);
        var kept = new List<Value>();
        foreach (var item in items)
        {
            var tested = byAttribute ? AttributeOf(item, arguments.Positional[0], meter) : item;
            if ((test is null ? tested.IsTrue : Tests.Holds(test, tested, rest, meter)) == wanted)
                kept.Add(item);
        }
        return new Value.List(kept);
    }

    // In Jinja nothing and none have no elements here, though a loop over none fails.
    private static IReadOnlyList<Value> ElementsOf(Value value, Meter meter)
    {
        var items = value.IsTrue ? Elements.Of(value, meter) : [];
        meter.MakeElements(items.Count);
        return items;
    }

    private static Value OrDefault(Value found, Value? whenMissing) => found is Value.Undefined ? whenMissing ?? found : found;

    /// <summary>By index, or by a path of names and indexes with dots between.</summary>
    public static Value AttributeOf(Value item, Value attribute, Meter meter)
    {
        if (attribute is not Value.Text path)
            return Access.Item(item, attribute, meter);
        meter.Make(path.Chars.Length);
        foreach (string part in path.Chars.Split('.'))
            item = Access.Item(item, long.TryParse(part, out long index) ? new Value.Integer(index) : new Value.Text(part), meter);
        return item;
    }
}
