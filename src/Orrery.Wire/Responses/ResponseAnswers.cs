using System.Buffers;
using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary>What is answered about responses that are stored.</summary>
public static class ResponseAnswers
{
    public static OpenAIError Missing(string id) => new(
        404, "response_not_found", $"There is no response '{id}'. It was never stored, was deleted, or has expired; one that was asked for with another key is not shown.");

    public static byte[] Deleted(string id)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteString("object"u8, "response");
            json.WriteBoolean("deleted"u8, true);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
