using System.Text.Json;
using Orrery.Wire.Http;

namespace Orrery.Gateway.Relaying;

/// <summary>What an event says of an error, by which a server ends a stream whose status was sent long before.</summary>
internal enum ErrorEvent
{
    None,

    /// <summary>The request was at fault, or the replica was told to stop: no failure of the replica's.</summary>
    Excused,

    Failed,
}

/// <summary>Finds error events in the shapes that servers give them: <c>data: {"error": …}</c>, and of older vLLM <c>data: {"object": "error", …}</c>.</summary>
internal static class ErrorEvents
{
    /// <param name="events">Whole ones. Quotes in the model's own text are escaped, so hardly any but an error's holds the word in quotes.</param>
    public static ErrorEvent Find(ReadOnlySpan<byte> events)
    {
        var word = "\"error\""u8;
        for (int from = 0; events[from..].IndexOf(word) is >= 0 and var at; from += at + word.Length)
        {
            int start = events[..(from + at)].LastIndexOfAny("\r\n"u8) + 1, length = events[start..].IndexOfAny("\r\n"u8);
            if (OfLine(length < 0 ? events[start..] : events.Slice(start, length)) is not ErrorEvent.None and var found)
                return found;
        }
        return ErrorEvent.None;
    }

    private static ErrorEvent OfLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data:"u8))
            return ErrorEvent.None;
        try
        {
            var reader = new Utf8JsonReader(line["data:".Length..]);
            using var json = JsonDocument.ParseValue(ref reader);
            return OfData(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or an escape that is no text: then it is none of these shapes.
            return ErrorEvent.None;
        }
    }

    private static ErrorEvent OfData(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object)
            return ErrorEvent.None;
        if (data.TryGetProperty("error"u8, out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String)
            return error.ValueKind == JsonValueKind.Object && IsExcused(error) ? ErrorEvent.Excused : ErrorEvent.Failed;
        if (data.TryGetProperty("object"u8, out var kind) && kind.ValueKind == JsonValueKind.String && kind.ValueEquals("error"u8))
            return IsExcused(data) ? ErrorEvent.Excused : ErrorEvent.Failed;
        return ErrorEvent.None;
    }

    /// <param name="error">With the <c>code</c>, a status or a word, and the <c>type</c> of OpenAI's errors, where it has them.</param>
    private static bool IsExcused(JsonElement error)
    {
        if (error.TryGetProperty("code"u8, out var code)
            && (code.ValueKind == JsonValueKind.Number ? code.TryGetInt32(out int status) && status is >= 400 and < 500 : code.ValueKind == JsonValueKind.String && code.ValueEquals(DrainingHeader.Code)))
        {
            return true;
        }
        return error.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("invalid_request_error"u8);
    }
}
