namespace Orrery.Models.Gguf;

/// <summary>A GGUF file's key-value part, read by type. A value that is there but of another type or out of range is an error, never null.</summary>
/// <param name="file">Names the file in errors.</param>
/// <param name="values">By key; a scalar, a string, or an array of those.</param>
public sealed class GgufMetadata(string file, IReadOnlyDictionary<string, object> values)
{
    public string File { get; } = file;

    public IEnumerable<string> Keys => values.Keys;

    public bool Contains(string key) => values.ContainsKey(key);

    /// <summary>Null when absent.</summary>
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        string text => text,
        var other => throw WrongType(key, "a string", other),
    };

    /// <summary>Null also when it is of another type: for what only people read.</summary>
    public string? TextIf(string key) => Find(key) is string { Length: > 0 } text ? text : null;

    /// <summary>Any of GGUF's integer types, since converters differ in which they write. Null when absent.</summary>
    public long? WholeNumber(string key, long least, long most)
    {
        if (Find(key) is not { } value)
            return null;
        long? integer = value switch
        {
            byte v => v,
            sbyte v => v,
            ushort v => v,
            short v => v,
            uint v => v,
            int v => v,
            ulong v => v <= long.MaxValue ? (long)v : null,
            long v => v,
            _ => throw WrongType(key, "an integer", value),
        };
        if (integer is not { } known || known < least || known > most)
            throw Invalid(key, $"is {value}; it must be between {least} and {most}");
        return known;
    }

    /// <summary>Finite. Null when absent.</summary>
    public float? Number(string key)
    {
        if (Find(key) is not { } value)
            return null;
        float number = value switch
        {
            float v => v,
            double v => (float)v,
            _ => throw WrongType(key, "a float", value),
        };
        return float.IsFinite(number) ? number : throw Invalid(key, $"is {number}; it must be finite");
    }

    /// <summary>Null when absent.</summary>
    public bool? Truth(string key) => Find(key) switch
    {
        null => null,
        bool truth => truth,
        var other => throw WrongType(key, "a truth value", other),
    };

    /// <summary>Null when absent. The array is the one held here: do not write to it.</summary>
    public T[]? ArrayOf<T>(string key) => Find(key) switch
    {
        null => null,
        T[] array when array.GetType() == typeof(T[]) => array,         // .NET lets a uint[] pass for an int[]; here it may not
        var other => throw WrongType(key, $"an array of {typeof(T).Name}", other),
    };

    /// <summary>Of whatever type it is. Null when absent.</summary>
    public object? ValueOf(string key) => Find(key);

    /// <summary>What a caller throws when a value will not do.</summary>
    public InvalidModelFileException Invalid(string key, string problem, string nextStep = "Convert the model again.")
        => new(File, "key " + InvalidModelFileException.Quote(key), problem, nextStep);

    public InvalidModelFileException Missing(string key) => Invalid(key, "is missing");

    private object? Find(string key) => values.TryGetValue(key, out object? value) ? value : null;

    private InvalidModelFileException WrongType(string key, string wanted, object value)
        => Invalid(key, $"is of type {value.GetType().Name}; {wanted} is needed");
}
