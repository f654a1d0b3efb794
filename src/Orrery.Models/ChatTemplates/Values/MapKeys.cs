namespace Orrery.Models.ChatTemplates.Values;

/// <summary>Keys of mappings, compared as Python does: 1, 1.0 and true are one key.</summary>
internal sealed class MapKeys : IEqualityComparer<Value>
{
    private MapKeys()
    {
    }

    public static OrderedDictionary<Value, Value> NewMap() => new(new MapKeys());

    /// <exception cref="TemplateFailure">It cannot be a key. (Tuples could in Python; templates have no use for them.)</exception>
    public static Value Checked(Value key, Meter meter)
    {
        if (key is Value.Text text)
            meter.Read(text.Chars.Length);
        else if (!Numbers.Is(key) && key is not Value.None)
            throw new TemplateFailure($"{key.Kind} cannot be the key of a mapping");
        return key;
    }

    public bool Equals(Value? x, Value? y) => (x, y) switch
    {
        (Value.Text a, Value.Text b) => a.Chars == b.Chars,
        (Value.None, Value.None) => true,
        (not null, not null) when Numbers.Are(x, y) => Numbers.Compare(x, y) == 0,
        _ => false,
    };

    public int GetHashCode(Value key) => key switch
    {
        Value.Text text => string.GetHashCode(text.Chars, StringComparison.Ordinal),
        Value.None => 0,
        _ => Numbers.Real(key).GetHashCode(),
    };
}
