using System.Buffers;
using System.Text.Json;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Anthropic;

/// <summary>
/// A chat answer as a message of Anthropic's. A streamed one names its tokens at its end, since chat does not tell them before; of what is read from a cache,
/// <c>input_tokens</c> does not count it.
/// </summary>
/// <param name="model">As the client called it.</param>
internal sealed class MessagesAnswer(string model) : IAnswerTranslation
{
    private readonly string _id = $"msg_{Guid.NewGuid():N}";
    private MessageStream? _stream;

    public byte[] Whole(ReadOnlyMemory<byte> answer)
    {
        using var document = JsonDocument.Parse(answer);
        var choice = ChatParts.ChoiceOf(document.RootElement)
            ?? throw new JsonException("The answer is no chat completion: it has no choices.");
        var message = choice.TryGetProperty("message", out var m) ? m : default;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            json.WriteStartObject();
            WriteHead(json, _id, model);
            json.WriteStartArray("content"u8);
            if (ChatParts.Reasoning(message) is { Length: > 0 } thinking)
                WriteBlock(json, "thinking", "thinking", thinking);
            if (ChatParts.Text(message, "content") is { Length: > 0 } text)
                WriteBlock(json, "text", "text", text);
            foreach (var call in ChatParts.Calls(message))
                WriteCall(json, call);
            json.WriteEndArray();
            var stop = StopOf(choice);
            json.WriteString("stop_reason"u8, stop.Reason);
            json.WriteString("stop_sequence"u8, stop.Sequence);
            MessageUsage.Write(json, ChatUsage.Of(document.RootElement) ?? default);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public void Event(ReadOnlyMemory<byte> data, IBufferWriter<byte> output)
    {
        using var document = JsonDocument.Parse(data);
        (_stream ??= new MessageStream(_id, model)).Take(document.RootElement, output);
    }

    public void End(IBufferWriter<byte> output) => (_stream ??= new MessageStream(_id, model)).End(output);

    internal static void WriteHead(Utf8JsonWriter json, string id, string model)
    {
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "message");
        json.WriteString("role"u8, "assistant");
        json.WriteString("model"u8, model);
    }

    /// <summary>Why an answer ended. Null: it has not.</summary>
    internal static (string? Reason, string? Sequence) StopOf(JsonElement choice) => ChatParts.Text(choice, "finish_reason") switch
    {
        null => (null, null),
        "length" => ("max_tokens", null),
        "tool_calls" or "function_call" => ("tool_use", null),
        "content_filter" => ("refusal", null),
        // Which stop string it was is told by vLLM and SGLang, not by OpenAI.
        _ => (ChatParts.Text(choice, "stop_reason") ?? ChatParts.Text(choice, "matched_stop")) is { } sequence ? ("stop_sequence", sequence) : ("end_turn", null),
    };

    private static void WriteBlock(Utf8JsonWriter json, string type, string name, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString(name, text);
        if (type == "thinking")
            // Theirs vouches for what was thought; nothing here does.
            json.WriteString("signature"u8, "");
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, ChatCall call)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_use");
        json.WriteString("id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WritePropertyName("input"u8);
        // Cut off by max_tokens they are no JSON.
        if (IsObject(call.Arguments))
            json.WriteRawValue(call.Arguments, skipInputValidation: true);
        else
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static bool IsObject(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
