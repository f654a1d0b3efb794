using System.Text.Json;

namespace Orrery.Wire.Translation;

/// <param name="Index">Of the call in its answer. Pieces of one call have the same.</param>
/// <param name="Id">Null in the pieces after a call's first.</param>
/// <param name="Name">Null in the pieces after a call's first.</param>
/// <param name="Arguments">JSON as text, or a piece of it.</param>
internal readonly record struct ChatCall(int Index, string? Id, string? Name, string Arguments);

/// <summary>Reads what servers answer to chat, whichever wrote it: fields that are not there, or are something else, are as if they were not.</summary>
internal static class ChatParts
{
    /// <summary>The first choice. Null: there is none.</summary>
    public static JsonElement? ChoiceOf(JsonElement answer)
        => answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0
            ? choices[0] : null;

    public static string? Text(JsonElement parent, string name)
        => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>What a model thought, as vLLM, SGLang and llama.cpp (<c>reasoning_content</c>) and newer servers (<c>reasoning</c>) tell it.</summary>
    public static string? Reasoning(JsonElement message) => Text(message, "reasoning_content") ?? Text(message, "reasoning");

    public static IEnumerable<ChatCall> Calls(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (var (at, call) in calls.EnumerateArray().Index())
        {
            var function = call.ValueKind == JsonValueKind.Object && call.TryGetProperty("function", out var f) ? f : default;
            int index = call.ValueKind == JsonValueKind.Object && call.TryGetProperty("index", out var i) && i.ValueKind == JsonValueKind.Number && i.TryGetInt32(out int number) ? number : at;
            yield return new ChatCall(index, Text(call, "id"), Text(function, "name"), Text(function, "arguments") ?? "");
        }
    }
}
