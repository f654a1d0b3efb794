namespace Orrery.Models.ChatTemplates.Values;

/// <summary>
/// What expressions give. Everything but a <see cref="Namespace"/> never changes, so values are shared freely, and only a namespace can come to hold itself.
/// Compare with <see cref="Comparison"/>: the records' own equality does not look into lists.
/// </summary>
internal abstract record Value
{
    private Value()
    {
    }

    public static Value Null { get; } = new None();

    public static Value True { get; } = new Boolean(true);

    public static Value False { get; } = new Boolean(false);

    public static Value Of(bool value) => value ? True : False;

    /// <summary>A variable, key or attribute that is not there. Prints as nothing and is false; what needs a value fails with its name.</summary>
    public sealed record Undefined(string Name) : Value;

    public sealed record None : Value;

    public sealed record Boolean(bool Is) : Value;

    public sealed record Integer(long Number) : Value;

    public sealed record Float(double Number) : Value;

    public sealed record Text(string Chars) : Value;

    public sealed record List(IReadOnlyList<Value> Items, bool IsTuple = false) : Value;

    /// <summary>In the order of insertion. The entries come from <see cref="MapKeys.NewMap"/>.</summary>
    public sealed record Map(OrderedDictionary<Value, Value> Entries) : Value
    {
        public Value? Find(Value key, Meter meter)
            => key is Text or None or Integer or Float or Boolean ? Entries.GetValueOrDefault(MapKeys.Checked(key, meter)) : null;
    }

    /// <summary>The one value whose attributes can be set: how templates carry something out of a loop.</summary>
    public sealed record Namespace(Dictionary<string, Value> Attributes) : Value;

    /// <summary>Callable, and with attributes when it is the <c>loop</c> variable.</summary>
    public sealed record Function(string Name, Func<Arguments, Value> Call, Func<string, Value?>? Attribute = null) : Value;

    /// <summary>For messages: what it is, with its article.</summary>
    public string Kind => this switch
    {
        Undefined undefined => $"{undefined.Name}, which is undefined,",
        None => "none",
        Boolean => "a boolean",
        Integer => "an integer",
        Float => "a float",
        Text => "a text",
        List { IsTuple: true } => "a tuple",
        List => "a list",
        Map => "a mapping",
        Namespace => "a namespace",
        _ => "a function",
    };

    public bool IsTrue => this switch
    {
        Undefined or None => false,
        Boolean boolean => boolean.Is,
        Integer integer => integer.Number != 0,
        Float number => number.Number != 0,
        Text text => text.Chars.Length > 0,
        List list => list.Items.Count > 0,
        Map map => map.Entries.Count > 0,
        _ => true,
    };
}
