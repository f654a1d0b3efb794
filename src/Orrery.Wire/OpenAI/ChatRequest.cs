using System.Text.Json;

namespace Orrery.Wire.OpenAI;

/// <summary>POST /v1/chat/completions: a conversation to answer.</summary>
/// <param name="Model">As sent; may be empty for a server that has only one.</param>
/// <param name="Messages">At least one.</param>
public sealed record ChatRequest(string Model, IReadOnlyList<ChatMessage> Messages, GenerationParameters Parameters)
{
    /// <param name="utf8">The whole body.</param>
    public static ReadOutcome<ChatRequest> Read(ReadOnlyMemory<byte> utf8) => FieldReader.Read(utf8, fields =>
    {
        Unsupported.RefuseIn(fields);
        if (fields.Flag("echo"))
            fields.Refuse("echo", "'echo' repeats the prompt of a completion; a conversation is not repeated: leave it out.", "unsupported_value");
        int? maxTokens = fields.Integer("max_completion_tokens", 1, int.MaxValue) ?? fields.Integer("max_tokens", 1, int.MaxValue);
        return new ChatRequest(fields.Text("model") ?? "", MessagesOf(fields), GenerationParameters.Read(fields, maxTokens, TopLogProbsOf(fields)));
    });

    private static int? TopLogProbsOf(FieldReader fields)
    {
        bool wanted = fields.Flag("logprobs");
        int top = fields.Integer("top_logprobs", 0, GenerationParameters.MaxTopLogProbs) ?? 0;
        if (top > 0 && !wanted)
            fields.Refuse("top_logprobs", $"'top_logprobs' is {top}, which has a meaning only with 'logprobs' true.");
        return wanted ? top : null;
    }

    internal static List<ChatMessage> MessagesOf(FieldReader fields)
    {
        var messages = new List<ChatMessage>();
        if (fields.Any("messages") is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() == 0)
        {
            fields.Refuse("messages", "'messages' must be an array with at least one message.");
            return messages;
        }

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
                message.Refuse("role", $"'{path}.role' must be set: system, user or assistant.");
                return messages;
            }
            messages.Add(new ChatMessage(role, ContentOf(message, path)));
        }
        return messages;
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

/// <param name="Role">system, user, assistant, or what the client calls it.</param>
public sealed record ChatMessage(string Role, string Content);
