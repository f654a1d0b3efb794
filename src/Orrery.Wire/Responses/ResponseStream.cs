using System.Buffers;
using System.Text.Json;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Responses;

/// <summary>
/// Chunks of a chat answer as the events of a response.
/// <code>
///   created in_progress
///     (output_item.added (content_part.added …delta* …done content_part.done)* output_item.done
///    | output_item.added function_call_arguments.delta* .done                  output_item.done)*
///   completed | incomplete | error failed
/// </code>
/// </summary>
internal sealed class ResponseStream(ResponseHead head)
{
    // Of all chunks. What was said is kept until the end, which repeats it.
    private const long MaxBytes = 256L * 1024 * 1024;

    private readonly ResponseEvents _events = new();
    private readonly OutputStream _output = new();
    private bool _started;
    private string? _failure;
    private string? _finish;
    private ChatUsage? _usage;
    private long _bytes;

    /// <param name="bytes">Of the chunk.</param>
    public void Take(JsonElement chunk, int bytes, IBufferWriter<byte> output)
    {
        if (_failure is not null)
            return;
        if (chunk.ValueKind != JsonValueKind.Object)
            throw new JsonException("An event of the stream is no object.");
        Start(output);
        if (chunk.TryGetProperty("error", out var error))
        {
            Fail(output, ChatParts.Text(error, "message") ?? "The server failed in the middle of its answer.", ChatParts.Text(error, "code"), ChatParts.Text(error, "param"));
            return;
        }
        if ((_bytes += bytes) > MaxBytes)
        {
            Fail(output, $"The answer is larger than {MaxBytes} bytes, the most that is answered here.", "answer_too_large", null);
            return;
        }
        _usage = ChatUsage.Of(chunk) ?? _usage;
        if (ChatParts.ChoiceOf(chunk) is not { ValueKind: JsonValueKind.Object } choice)
            return;
        if (choice.TryGetProperty("delta", out var delta))
            TakeDelta(delta, ResponseLogProbs.Of(choice), output);
        _finish = ChatParts.Text(choice, "finish_reason") ?? _finish;
    }

    /// <returns>The response as it ended, JSON in UTF-8.</returns>
    public byte[] End(IBufferWriter<byte> output)
    {
        Start(output);
        var end = _failure is { } failure ? ResponseEnd.Failed(failure) : ResponseEnd.Of(_finish);
        if (_failure is null)
            _output.Close(_events, output, end.ItemStatus);
        else
            _output.BreakOff();
        byte[] response = ResponseBody.ToUtf8(head, end, _output.Items, _usage);
        Write(output, $"response.{end.Status}", response);
        return response;
    }

    private void TakeDelta(JsonElement delta, IReadOnlyList<JsonElement> logProbs, IBufferWriter<byte> output)
    {
        if (ChatParts.Reasoning(delta) is { Length: > 0 } thought)
            _output.Append(_events, output, OutputPart.Thought, thought, []);
        string text = ChatParts.Text(delta, "content") ?? "";
        // A token may be a piece of a character, and its text comes with the next.
        if (text.Length > 0 || (logProbs.Count > 0 && _output.IsOpen(OutputPart.Text)))
            _output.Append(_events, output, OutputPart.Text, text, logProbs);
        if (ChatParts.Text(delta, "refusal") is { Length: > 0 } refusal)
            _output.Append(_events, output, OutputPart.Refusal, refusal, []);
        foreach (var call in ChatParts.Calls(delta))
            _output.Append(_events, output, call);
    }

    private void Start(IBufferWriter<byte> output)
    {
        if (_started)
            return;
        _started = true;
        byte[] response = ResponseBody.ToUtf8(head, ResponseEnd.NotYet, [], null);
        Write(output, "response.created", response);
        Write(output, "response.in_progress", response);
    }

    private void Fail(IBufferWriter<byte> output, string message, string? code, string? param)
    {
        _failure = message;
        _events.Write(output, "error", json =>
        {
            json.WriteString("code"u8, code);
            json.WriteString("message"u8, message);
            json.WriteString("param"u8, param);
        });
    }

    private void Write(IBufferWriter<byte> output, string type, byte[] response) => _events.Write(output, type, json =>
    {
        json.WritePropertyName("response"u8);
        json.WriteRawValue(response, skipInputValidation: true);
    });
}
