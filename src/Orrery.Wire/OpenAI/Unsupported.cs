using System.Text.Json;

namespace Orrery.Wire.OpenAI;

/// <summary>
/// Fields that would change the answer and that nothing here does yet. Ignoring them would be a silent lie, so any value but the
/// neutral one is refused by name.
/// </summary>
internal static class Unsupported
{
    private static readonly (string Name, Func<JsonElement, bool> Neutral, string Message)[] Fields =
    [
        ("suffix", v => v.ValueKind == JsonValueKind.String && v.ValueEquals(""), "text is only continued at its end: leave it out"),
        ("tools", v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() == 0, "tools are not supported: leave it out"),
        ("response_format", IsPlainText, "only {\"type\":\"text\"} is supported"),
    ];

    public static void RefuseIn(FieldReader fields)
    {
        foreach (var (name, neutral, message) in Fields)
        {
            if (fields.Any(name) is { } value && !neutral(value))
                fields.Refuse(name, $"'{name}': {message}.", "unsupported_value");
        }
    }

    private static bool IsPlainText(JsonElement value)
        => value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type)
            && type.ValueKind == JsonValueKind.String && type.ValueEquals("text");
}
