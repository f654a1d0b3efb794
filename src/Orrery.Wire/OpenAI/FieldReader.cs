using System.Text.Json;
using System.Text.Unicode;

namespace Orrery.Wire.OpenAI;

/// <summary>
/// Typed reads of one JSON object's fields. The first problem is kept and names its field; reading goes on with defaults, so callers
/// need no checks between. A field that is null counts as left out, as OpenAI's clients send it.
/// </summary>
internal sealed class FieldReader
{
    private readonly JsonElement _object;
    private readonly string _prefix;
    private readonly Outcome _outcome;

    private FieldReader(JsonElement json, string prefix, Outcome outcome)
    {
        _object = json;
        _prefix = prefix;
        _outcome = outcome;
    }

    /// <summary>Shared by the readers of one request.</summary>
    private sealed class Outcome
    {
        public OpenAIError? Problem { get; set; }
    }

    public static ReadOutcome<T> Read<T>(ReadOnlyMemory<byte> utf8, Func<FieldReader, T> read)
    {
        if (!Utf8.IsValid(utf8.Span))
            return new ReadOutcome<T>.Refused(OpenAIError.InvalidJson("The body is not valid UTF-8."));
        try
        {
            using var json = JsonDocument.Parse(utf8);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return new ReadOutcome<T>.Refused(OpenAIError.InvalidJson("The body must be a JSON object."));
            var outcome = new Outcome();
            var request = read(new FieldReader(json.RootElement, "", outcome));
            return outcome.Problem is { } problem ? new ReadOutcome<T>.Refused(problem) : new ReadOutcome<T>.Ok(request);
        }
        catch (JsonException e)
        {
            return new ReadOutcome<T>.Refused(OpenAIError.InvalidJson($"The body is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}."));
        }
        catch (InvalidOperationException e) when (e.Source == "System.Text.Json.Rethrowable")
        {
            // An escape such as \ud800 alone is JSON by its grammar but no text; the source is how the library marks that it is the input's fault.
            return new ReadOutcome<T>.Refused(OpenAIError.InvalidJson("A string in the body escapes half of a surrogate pair."));
        }
    }

    /// <param name="param">Relative to this object.</param>
    public void Refuse(string param, string message, string code = "invalid_value")
        => _outcome.Problem ??= new OpenAIError(400, code, message, _prefix + param);

    /// <summary>The field, or null when it is left out or null.</summary>
    public JsonElement? Any(string name)
        => _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A reader whose problems are named below <paramref name="path"/>.</summary>
    public FieldReader Inside(string path, JsonElement json) => new(json, $"{_prefix}{path}.", _outcome);

    public FieldReader? Object(string name)
    {
        if (Any(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Object)
            return Inside(name, value);
        Refuse(name, $"'{_prefix}{name}' must be an object.");
        return null;
    }

    public string? Text(string name)
    {
        if (Any(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        Refuse(name, $"'{_prefix}{name}' must be a string.");
        return null;
    }

    /// <param name="unless">What is meant when it is left out.</param>
    public bool Flag(string name, bool unless = false)
    {
        if (Any(name) is not { } value)
            return unless;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Refuse(name, $"'{_prefix}{name}' must be true or false.");
        return false;
    }

    public int? Integer(string name, int min, int max)
    {
        if (Any(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= min && number <= max)
            return number;
        Refuse(name, max == int.MaxValue
            ? $"'{_prefix}{name}' is {value.GetRawText()}; it must be a whole number of at least {min}."
            : $"'{_prefix}{name}' is {value.GetRawText()}; it must be a whole number from {min} to {max}.");
        return null;
    }

    public long? Long(string name)
    {
        if (Any(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number))
            return number;
        Refuse(name, $"'{_prefix}{name}' must be a whole number of 64 bits.");
        return null;
    }

    public float? Number(string name, float min, float max)
    {
        if (Any(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && number >= min && number <= max)
            return number;
        Refuse(name, $"'{_prefix}{name}' is {value.GetRawText()}; it must be a number from {min} to {max}.");
        return null;
    }

    public IReadOnlyList<string> TextOrTexts(string name)
    {
        switch (Any(name))
        {
            case null:
                return [];
            case { ValueKind: JsonValueKind.String } one:
                return [one.GetString()!];
            case { ValueKind: JsonValueKind.Array } several when several.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String):
                return [.. several.EnumerateArray().Select(v => v.GetString()!)];
            default:
                Refuse(name, $"'{_prefix}{name}' must be a string or an array of strings.");
                return [];
        }
    }
}
