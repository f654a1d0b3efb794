using System.Text.Json;
using System.Text.Json.Serialization;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Wire.OpenAI;

/// <param name="Role">system, user, assistant, tool, or what the client calls it.</param>
/// <param name="Content">The text; parts are joined, and none is read as an empty one. Null in an answer that is only calls.</param>
public sealed record ChatMessage(string Role, string? Content)
{
    /// <summary>Of an assistant; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }

    /// <summary>Of a tool: the call that this is the result of, one of those before. Null for other roles.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ToolCallId { get; init; }

    internal static List<ChatMessage> ReadAll(FieldReader fields)
    {
        var messages = new List<ChatMessage>();
        if (fields.Any("messages") is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() == 0)
        {
            fields.Refuse("messages", "'messages' must be an array with at least one message.");
            return messages;
        }

        var calls = new HashSet<string>();
        foreach (var element in array.EnumerateArray())
        {
            string path = $"messages[{messages.Count}]";
            if (element.ValueKind != JsonValueKind.Object)
            {
                fields.Refuse(path, $"'{path}' must be an object with role and content.");
                return messages;
            }
            var message = fields.Inside(path, element);
            if (message.Text("role") is not { Length: > 0 } role)
            {
                message.Refuse("role", $"'{path}.role' must be set: system, user, assistant or tool.");
                return messages;
            }
            messages.Add(Read(message, role, path, calls));
        }
        return messages;
    }

    /// <param name="calls">Ids of the calls so far.</param>
    private static ChatMessage Read(FieldReader message, string role, string path, HashSet<string> calls)
    {
        if (message.Any("function_call") is not null || role == "function")
            message.Refuse(role == "function" ? "role" : "function_call", $"'{path}' calls a function in the deprecated way: send 'tool_calls', and its result with the role tool.", "unsupported_value");
        string? id = role == "tool" ? message.Text("tool_call_id") : null;
        if (role == "tool" && id is null)
            message.Refuse("tool_call_id", $"'{path}.tool_call_id' must be set: the id of the call that this is the result of.");
        else if (id is not null && !calls.Contains(id))
            message.Refuse("tool_call_id", $"'{path}.tool_call_id' is '{id}', and no message before has a call of that id in its 'tool_calls'.");

        var made = ToolCall.ReadAll(message, path);
        if (made is not null && role != "assistant")
            message.Refuse("tool_calls", $"'{path}.tool_calls' stands in a message of the role {role}; only the assistant makes calls.");
        calls.UnionWith((made ?? []).Select(call => call.Id));
        return new ChatMessage(role, ContentOf(message, path)) { ToolCalls = made, ToolCallId = id };
    }

    private static string ContentOf(FieldReader message, string path)
    {
        switch (message.Any("content"))
        {
            case null:
                // An assistant's message that held only tool calls has none.
                return "";
            case { ValueKind: JsonValueKind.String } text:
                return text.GetString()!;
            case { ValueKind: JsonValueKind.Array } parts:
                return string.Concat(parts.EnumerateArray().Select((part, i) => TextOfPart(message, path, part, i)));
            default:
                message.Refuse("content", $"'{path}.content' must be a string or an array of text parts.");
                return "";
        }
    }

    private static string TextOfPart(FieldReader message, string path, JsonElement part, int index)
    {
        if (part.ValueKind == JsonValueKind.Object
            && part.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text")
            && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
            return text.GetString()!;
        message.Refuse($"content[{index}]", $"'{path}.content[{index}]' must be {{\"type\":\"text\",\"text\":…}}: this model reads only text.");
        return "";
    }
}
