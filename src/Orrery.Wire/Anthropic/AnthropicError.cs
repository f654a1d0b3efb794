using System.Buffers;
using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Anthropic;

/// <summary>A refusal as Anthropic's clients read it: <c>{"type":"error","error":{"type","message"}}</c>. Format: Anthropic's API reference, "Errors".</summary>
public static class AnthropicError
{
    // What is no error of ours is cut to this.
    private const int MaxForeign = 2000;

    /// <summary>The family that client libraries choose their exception by.</summary>
    public static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 or 529 => "overloaded_error",
        504 => "timeout_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };

    /// <param name="error">A body with OpenAI's error, or whatever a server answered.</param>
    public static byte[] Of(int status, ReadOnlyMemory<byte> error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
            Write(json, TypeOf(status), MessageOf(error));
        return buffer.WrittenSpan.ToArray();
    }

    internal static void Write(Utf8JsonWriter json, string type, string message)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error");
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, type);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string MessageOf(ReadOnlyMemory<byte> error)
    {
        try
        {
            using var json = JsonDocument.Parse(error);
            if (MessageOf(json.RootElement) is { } message)
                return message;
        }
        catch (JsonException)
        {
            // A server's own words, which are passed on as they are.
        }
        string text = System.Text.Encoding.UTF8.GetString(error.Span[..Math.Min(error.Length, MaxForeign)]).Trim();
        return text.Length > 0 ? text : "The server said nothing about it.";
    }

    /// <summary>Servers write <c>{"error":{"message"}}</c>, <c>{"error":"…"}</c> or <c>{"message"}</c>. Null: none of them.</summary>
    internal static string? MessageOf(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return null;
        var inner = body.TryGetProperty("error", out var error) ? error : body;
        if (inner.ValueKind == JsonValueKind.String)
            return inner.GetString();
        return inner.ValueKind == JsonValueKind.Object && inner.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString() : null;
    }
}
