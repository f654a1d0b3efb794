using System.Buffers;
using System.Text.Json;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Anthropic;

/// <summary>
/// Chunks of a chat answer as the events of a message. Its blocks follow one another, and chat does not say where one ends: it ends when another begins.
/// <code>
///   message_start (content_block_start content_block_delta* content_block_stop)* message_delta message_stop
/// </code>
/// </summary>
internal sealed class MessageStream(string id, string model)
{
    private string? _open;
    private (int Index, string? Id) _call;
    private int _index = -1;
    private bool _started;
    private bool _failed;
    private (string? Reason, string? Sequence) _stop;
    private ChatUsage _usage;

    public void Take(JsonElement chunk, IBufferWriter<byte> output)
    {
        if (_failed)
            return;
        if (chunk.ValueKind != JsonValueKind.Object)
            throw new JsonException("An event of the stream is no object.");
        if (chunk.TryGetProperty("error", out var error))
        {
            Fail(chunk, error, output);
            return;
        }
        Start(output);
        _usage = ChatUsage.Of(chunk) ?? _usage;
        if (ChatParts.ChoiceOf(chunk) is not { } choice)
            return;
        if (choice.ValueKind == JsonValueKind.Object && choice.TryGetProperty("delta", out var delta))
            TakeDelta(delta, output);
        if (MessagesAnswer.StopOf(choice) is { Reason: not null } stop)
            _stop = stop;
    }

    public void End(IBufferWriter<byte> output)
    {
        if (_failed)
            return;
        Start(output);
        Close(output);
        Write(output, "message_delta", json =>
        {
            json.WriteStartObject("delta"u8);
            json.WriteString("stop_reason"u8, _stop.Reason ?? "end_turn");
            json.WriteString("stop_sequence"u8, _stop.Sequence);
            json.WriteEndObject();
            MessageUsage.Write(json, _usage);
        });
        Write(output, "message_stop", _ => { });
    }

    private void TakeDelta(JsonElement delta, IBufferWriter<byte> output)
    {
        if (ChatParts.Reasoning(delta) is { Length: > 0 } thinking)
            Append(output, "thinking", "thinking_delta", "thinking", thinking);
        if (ChatParts.Text(delta, "content") is { Length: > 0 } text)
            Append(output, "text", "text_delta", "text", text);
        foreach (var call in ChatParts.Calls(delta))
            TakeCall(call, output);
    }

    private void TakeCall(ChatCall call, IBufferWriter<byte> output)
    {
        // Some servers give every call the same index, some repeat the id in each piece.
        if (_open != "tool_use" || _call.Index != call.Index || (call.Id is not null && call.Id != _call.Id))
        {
            Open(output, "tool_use", json =>
            {
                json.WriteString("id"u8, call.Id);
                json.WriteString("name"u8, call.Name);
                json.WriteStartObject("input"u8);
                json.WriteEndObject();
            });
            _call = (call.Index, call.Id);
        }
        if (call.Arguments.Length > 0)
            Delta(output, "input_json_delta", "partial_json", call.Arguments);
    }

    private void Append(IBufferWriter<byte> output, string block, string delta, string name, string text)
    {
        if (_open != block)
        {
            Open(output, block, json =>
            {
                json.WriteString(name, "");
                if (block == "thinking")
                    json.WriteString("signature"u8, "");
            });
        }
        Delta(output, delta, name, text);
    }

    private void Start(IBufferWriter<byte> output)
    {
        if (_started)
            return;
        _started = true;
        Write(output, "message_start", json =>
        {
            json.WriteStartObject("message"u8);
            MessagesAnswer.WriteHead(json, id, model);
            json.WriteStartArray("content"u8);
            json.WriteEndArray();
            json.WriteNull("stop_reason"u8);
            json.WriteNull("stop_sequence"u8);
            MessageUsage.Write(json, default);
            json.WriteEndObject();
        });
    }

    private void Open(IBufferWriter<byte> output, string block, Action<Utf8JsonWriter> fields)
    {
        Close(output);
        _open = block;
        _index++;
        Write(output, "content_block_start", json =>
        {
            json.WriteNumber("index"u8, _index);
            json.WriteStartObject("content_block"u8);
            json.WriteString("type"u8, block);
            fields(json);
            json.WriteEndObject();
        });
    }

    private void Delta(IBufferWriter<byte> output, string type, string name, string text) => Write(output, "content_block_delta", json =>
    {
        json.WriteNumber("index"u8, _index);
        json.WriteStartObject("delta"u8);
        json.WriteString("type"u8, type);
        json.WriteString(name, text);
        json.WriteEndObject();
    });

    private void Close(IBufferWriter<byte> output)
    {
        if (_open is null)
            return;
        _open = null;
        Write(output, "content_block_stop", json => json.WriteNumber("index"u8, _index));
    }

    private void Fail(JsonElement chunk, JsonElement error, IBufferWriter<byte> output)
    {
        _failed = true;
        string type = ChatParts.Text(error, "code") == "upstream_timeout" ? "timeout_error" : "api_error";
        output.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, WireJson.Writing))
            AnthropicError.Write(json, type, AnthropicError.MessageOf(chunk) ?? "The server failed in the middle of its answer.");
        output.Write("\n\n"u8);
    }

    private static void Write(IBufferWriter<byte> output, string type, Action<Utf8JsonWriter> fields)
    {
        output.Write("event: "u8);
        output.Write(System.Text.Encoding.UTF8.GetBytes(type));
        output.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, WireJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            fields(json);
            json.WriteEndObject();
        }
        output.Write("\n\n"u8);
    }
}
