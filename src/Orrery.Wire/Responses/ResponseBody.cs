using System.Buffers;
using System.Text.Json;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Responses;

/// <summary>How a response ended, or that it has not.</summary>
/// <param name="Status">in_progress, completed, incomplete or failed.</param>
/// <param name="Reason">Why it is incomplete; null: it is not.</param>
/// <param name="Failure">Why it failed; null: it did not.</param>
internal sealed record ResponseEnd(string Status, string? Reason = null, string? Failure = null)
{
    public static ResponseEnd NotYet { get; } = new(OutputItem.InProgress);

    /// <param name="finish">As chat tells it; null: it does not.</param>
    public static ResponseEnd Of(string? finish) => finish switch
    {
        "length" => new ResponseEnd(OutputItem.Incomplete, "max_output_tokens"),
        "content_filter" => new ResponseEnd(OutputItem.Incomplete, "content_filter"),
        _ => new ResponseEnd(OutputItem.Completed),
    };

    public static ResponseEnd Failed(string message) => new("failed", Failure: message);

    /// <summary>Of the item that was the last.</summary>
    public string ItemStatus => Status == OutputItem.Completed ? OutputItem.Completed : OutputItem.Incomplete;
}

/// <summary>The response object.</summary>
internal static class ResponseBody
{
    public static byte[] ToUtf8(ResponseHead head, ResponseEnd end, IEnumerable<OutputItem> items, ChatUsage? usage)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
            Write(json, head, end, items, usage);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ResponseHead head, ResponseEnd end, IEnumerable<OutputItem> items, ChatUsage? usage)
    {
        json.WriteStartObject();
        head.Write(json);
        json.WriteString("status"u8, end.Status);
        WriteEnd(json, end);
        json.WriteStartArray("output"u8);
        foreach (var item in items)
            item.Write(json);
        json.WriteEndArray();
        if (usage is { } tokens)
            WriteUsage(json, tokens);
        else
            json.WriteNull("usage"u8);
        json.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter json, ResponseEnd end)
    {
        if (end.Failure is { } message)
        {
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, "server_error");
            json.WriteString("message"u8, message);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("error"u8);
        }
        if (end.Reason is { } reason)
        {
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, reason);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("incomplete_details"u8);
        }
    }

    private static void WriteUsage(Utf8JsonWriter json, ChatUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.Prompt);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.Cached);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.Completion);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.Prompt + usage.Completion);
        json.WriteEndObject();
    }
}
