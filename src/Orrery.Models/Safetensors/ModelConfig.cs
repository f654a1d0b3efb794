using System.Collections.Immutable;
using Orrery.Models.Json;

namespace Orrery.Models.Safetensors;

/// <summary><c>config.json</c>, read by type. A value that is there but of another type or out of range is an error; null counts as absent.</summary>
public sealed class ModelConfig
{
    private readonly JsonPart _json;

    internal ModelConfig(JsonPart json) => _json = json;

    /// <summary>Of all values, null ones too.</summary>
    public IEnumerable<string> Names => _json.Members().Select(member => member.Name);

    public bool Contains(string key) => _json.Find(key) is not null;

    /// <summary>Whether the value is there and a text, where it may be something else as well.</summary>
    public bool IsText(string key) => _json.Find(key)?.Kind == System.Text.Json.JsonValueKind.String;

    /// <summary>Likewise for a list.</summary>
    public bool IsList(string key) => _json.Find(key)?.Kind == System.Text.Json.JsonValueKind.Array;

    /// <summary>Null when absent.</summary>
    public string? Text(string key) => _json.TextOf(key);

    /// <summary>Null also when it is of another type: for what only people read.</summary>
    public string? TextIf(string key) => IsText(key) ? Text(key) : null;

    /// <summary>Whether it is there and this truth value; something else is neither.</summary>
    public bool Is(string key, bool truth) => _json.Find(key)?.Kind == (truth ? System.Text.Json.JsonValueKind.True : System.Text.Json.JsonValueKind.False);

    /// <summary>Null when absent.</summary>
    public bool? Truth(string key) => _json.TruthOf(key);

    /// <summary>Null when absent.</summary>
    public long? WholeNumber(string key, long least, long most) => _json.WholeNumberOf(key, least, most);

    /// <summary>Finite. Null when absent.</summary>
    public float? Number(string key)
    {
        if (_json.NumberOf(key) is not { } number)
            return null;
        return float.IsFinite((float)number) ? (float)number : throw Invalid(key, $"is {number}; it must be finite");
    }

    /// <summary>A list of texts. Null when absent.</summary>
    public ImmutableArray<string>? Texts(string key) => _json.Find(key) is { } list ? [.. list.Items().Select(item => item.Text())] : null;

    /// <summary>Entries of a list or object. 0 when absent.</summary>
    public int CountOf(string key) => _json.Find(key)?.Count() ?? 0;

    /// <summary>A list of whole numbers, 0 or more. Null when absent.</summary>
    public ImmutableArray<long>? WholeNumbers(string key) => _json.Find(key) is { } list ? [.. list.Items().Select(item => item.WholeNumber(0, long.MaxValue))] : null;

    /// <summary>A list of finite numbers. Null when absent.</summary>
    public ImmutableArray<float>? Numbers(string key) => _json.Find(key) is { } list ? [.. list.Items().Select(item => (float)item.Number())] : null;

    /// <summary>An object inside; null when absent.</summary>
    public ModelConfig? Inner(string key) => _json.Find(key) is { } inner ? new ModelConfig(inner) : null;

    /// <summary>What a caller throws when a value will not do.</summary>
    public InvalidModelFileException Invalid(string key, string problem, string nextStep = "Get the file again.")
        => new(_json.File, "key " + InvalidModelFileException.Quote(key), problem, nextStep);

    public InvalidModelFileException Missing(string key) => Invalid(key, "is missing");
}
