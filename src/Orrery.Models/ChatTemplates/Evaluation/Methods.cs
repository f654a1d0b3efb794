using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Python's methods of mappings and lists. Those that would change the value exist only to say so: transformers refuses them too.</summary>
internal static class Methods
{
    private static readonly HashSet<string> MapChangers = ["clear", "pop", "popitem", "setdefault", "update"];

    private static readonly HashSet<string> ListChangers = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"];

    /// <summary>Null: the value has no such method.</summary>
    public static Value.Function? Find(Value of, string name, Meter meter) => of switch
    {
        Value.Text text when TextMethods.ByName.TryGetValue(name, out var method) => new Value.Function($"the method '{name}'", a => method(text.Chars, a, meter)),
        Value.Map map => OfMap(map, name, meter),
        Value.List list => OfList(list, name, meter),
        _ => null,
    };

    private static Value.Function? OfMap(Value.Map map, string name, Meter meter)
    {
        Func<Arguments, Value>? call = name switch
        {
            "get" => a => Get(map, a, meter),
            "items" => a => NoArguments(a, () => Elements.Pairs(map.Entries, meter)),
            "keys" => a => NoArguments(a, () => new Value.List(Elements.Of(map, meter))),
            "values" => a => NoArguments(a, () => Values(map, meter)),
            "copy" => a => NoArguments(a, () => map),
            _ when MapChangers.Contains(name) => _ => throw Changes(name, map),
            _ => null,
        };
        return call is null ? null : new Value.Function($"the method '{name}'", call);
    }

    private static Value.Function? OfList(Value.List list, string name, Meter meter)
    {
        Func<Arguments, Value>? call = name switch
        {
            "count" => a => Count(list, a, meter),
            "index" => a => Index(list, a, meter),
            "copy" => a => NoArguments(a, () => list),
            _ when ListChangers.Contains(name) => _ => throw Changes(name, list),
            _ => null,
        };
        return call is null ? null : new Value.Function($"the method '{name}'", call);
    }

    private static Value Get(Value.Map map, Arguments arguments, Meter meter)
    {
        var bound = arguments.Bind(1, "key", "default");
        return map.Find(bound[0]!, meter) ?? bound[1] ?? Value.Null;
    }

    private static Value.List Values(Value.Map map, Meter meter)
    {
        meter.MakeElements(map.Entries.Count);
        return new Value.List([.. map.Entries.Values]);
    }

    private static Value.Integer Count(Value.List list, Arguments arguments, Meter meter)
    {
        var wanted = arguments.Bind(1, "value")[0]!;
        return new Value.Integer(list.Items.Count(i => Comparison.Equal(i, wanted, meter)));
    }

    private static Value.Integer Index(Value.List list, Arguments arguments, Meter meter)
    {
        var wanted = arguments.Bind(1, "value")[0]!;
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (Comparison.Equal(list.Items[i], wanted, meter))
                return new Value.Integer(i);
        }
        throw new TemplateFailure("what 'index' looks for is not in the list");
    }

    private static Value NoArguments(Arguments arguments, Func<Value> call)
    {
        arguments.Bind(0);
        return call();
    }

    private static TemplateFailure Changes(string name, Value of)
        => new($"'{name}' would change {of.Kind}; templates cannot change values, only set variables and attributes of namespaces");
}
