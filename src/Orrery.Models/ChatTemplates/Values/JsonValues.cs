using System.Text.Json;

namespace Orrery.Models.ChatTemplates.Values;

/// <summary>JSON to values, with Python's types: <c>1</c> is an integer, <c>1.0</c> and <c>1e3</c> are floats. Of equal keys the last counts.</summary>
internal static class JsonValues
{
    /// <param name="meter">Null for input that the caller vouches for.</param>
    /// <exception cref="TemplateFailure">A text escapes half of a surrogate pair.</exception>
    public static Value Of(JsonElement json, Meter? meter = null)
    {
        meter?.MakeElements(1);
        switch (json.ValueKind)
        {
            case JsonValueKind.Undefined:
                return new Value.Undefined("a value that was never set");
            case JsonValueKind.Null:
                return Value.Null;
            case JsonValueKind.True:
                return Value.True;
            case JsonValueKind.False:
                return Value.False;
            case JsonValueKind.Number:
                bool fraction = json.GetRawText().AsSpan().IndexOfAny(".eE") >= 0;
                return !fraction && json.TryGetInt64(out long integer) ? new Value.Integer(integer) : new Value.Float(json.GetDouble());
            case JsonValueKind.String:
                return new Value.Text(TextOf(json.GetString));
            case JsonValueKind.Array:
                var items = new Value[json.GetArrayLength()];
                int at = 0;
                foreach (var item in json.EnumerateArray())
                    items[at++] = Of(item, meter);
                return new Value.List(items);
            default:
                var entries = MapKeys.NewMap();
                foreach (var property in json.EnumerateObject())
                    entries[new Value.Text(TextOf(() => property.Name))] = Of(property.Value, meter);
                return new Value.Map(entries);
        }
    }

    /// <exception cref="TemplateFailure">It is not JSON.</exception>
    public static Value Parse(string text, Meter meter)
    {
        meter.Make(text.Length);
        try
        {
            using var json = JsonDocument.Parse(text);
            return Of(json.RootElement, meter);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new TemplateFailure($"{TemplateMessage.Quote(text)} is not valid JSON");
        }
    }

    // \ud800 alone is JSON by its grammar but no text; the library throws only when it is read.
    private static string TextOf(Func<string?> read)
    {
        try
        {
            return read() ?? "";
        }
        catch (InvalidOperationException)
        {
            throw new TemplateFailure("a text in the JSON escapes half of a surrogate pair");
        }
    }
}
