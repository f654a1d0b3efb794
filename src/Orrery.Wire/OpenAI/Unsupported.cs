using System.Text.Json;

namespace Orrery.Wire.OpenAI;

/// <summary>
/// Fields that would change the answer and that nothing here does. Ignoring them would be a silent lie, so any value but the
/// neutral one is refused by name.
/// </summary>
internal static class Unsupported
{
    private static readonly Field[] Everywhere =
    [
        new("suffix", v => v.ValueKind == JsonValueKind.String && v.ValueEquals(""), "text is only continued at its end: leave it out"),
        new("functions", IsEmpty, "functions are deprecated: send 'tools', one {\"type\":\"function\",\"function\":…} for each"),
        new("function_call", v => v.ValueKind == JsonValueKind.String && v.GetString() is "none" or "auto", "function_call is deprecated: send 'tools' and 'tool_choice'"),
    ];

    private static readonly Field[] InCompletions = [.. Everywhere, new("tools", IsEmpty, "only conversations have tools: send them to /v1/chat/completions")];

    public static void RefuseInChat(FieldReader fields) => RefuseIn(fields, Everywhere);

    public static void RefuseInCompletion(FieldReader fields) => RefuseIn(fields, InCompletions);

    private static void RefuseIn(FieldReader fields, IEnumerable<Field> unsupported)
    {
        foreach (var (name, isNeutral, message) in unsupported)
        {
            if (fields.Any(name) is { } value && !isNeutral(value))
                fields.Refuse(name, $"'{name}': {message}.", "unsupported_value");
        }
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;

    private sealed record Field(string Name, Func<JsonElement, bool> IsNeutral, string Message);
}
