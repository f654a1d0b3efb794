using System.Buffers;
using System.Text.Json;

namespace Orrery.Wire.OpenAI;

/// <summary>
/// A refusal as OpenAI clients read it: <c>{"error":{"message","type","param","code"}}</c> with an HTTP status.
/// In the middle of a stream the same object travels as an event, since the status is long gone.
/// </summary>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Code">One snake_case word for programs: <c>model_not_found</c>.</param>
/// <param name="Message">For people: what was wrong with which value, and what to do next.</param>
/// <param name="Param">The request's field that is at fault.</param>
public sealed record OpenAIError(int Status, string Code, string Message, string? Param = null)
{
    /// <summary>The family that client libraries choose their exception by.</summary>
    public string Type => Status switch
    {
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    public static OpenAIError Invalid(string param, string message) => new(400, "invalid_value", message, param);

    public static OpenAIError InvalidJson(string message) => new(400, "invalid_json", message);

    public static OpenAIError NoSuchPath(string method, string path)
        => new(404, "unknown_path", $"There is no {method} {path} here. GET /v1/models shows what can be asked.");

    public static OpenAIError BodyTooLarge(int maxBytes)
        => new(413, "request_too_large", $"The request body is larger than {maxBytes} bytes, the most that is read here. Send less.");

    /// <summary>The JSON object, compact.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteString("message"u8, Message);
            json.WriteString("type"u8, Type);
            json.WriteString("param"u8, Param);
            json.WriteString("code"u8, Code);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
