using System.Buffers;
using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary>A request's items as they are stored and listed: each with an id, a type and a status, and a message's content in parts.</summary>
internal static class InputItems
{
    /// <returns>A JSON array in UTF-8.</returns>
    public static byte[] Write(FieldReader fields)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            json.WriteStartArray();
            if (fields.Any("input") is { ValueKind: JsonValueKind.String } text)
                WriteQuestion(json, text);
            else if (fields.Any("input") is { ValueKind: JsonValueKind.Array } items)
                foreach (var item in items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object))
                    Write(json, item);
            json.WriteEndArray();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteQuestion(Utf8JsonWriter json, JsonElement text)
    {
        json.WriteStartObject();
        WriteHead(json, default, "message");
        json.WriteString("role"u8, "user");
        WriteParts(json, text, "input_text");
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, JsonElement item)
    {
        string type = Text(item, "type") ?? "message";
        json.WriteStartObject();
        WriteHead(json, item, type);
        foreach (var field in item.EnumerateObject().Where(field => field.Name is not ("id" or "type" or "status")))
        {
            if (type == "message" && field.Name == "content" && field.Value.ValueKind == JsonValueKind.String)
                WriteParts(json, field.Value, Text(item, "role") == "assistant" ? "output_text" : "input_text");
            else
                field.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, JsonElement item, string type)
    {
        json.WriteString("id"u8, Text(item, "id") ?? NewId(type));
        json.WriteString("type"u8, type);
        json.WriteString("status"u8, Text(item, "status") ?? "completed");
    }

    private static void WriteParts(Utf8JsonWriter json, JsonElement text, string type)
    {
        json.WriteStartArray("content"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WritePropertyName("text"u8);
        text.WriteTo(json);
        if (type == "output_text")
        {
            json.WriteStartArray("annotations"u8);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static string NewId(string type) => ItemId.New(type switch
    {
        "message" => ItemId.Message,
        "reasoning" => ItemId.Reasoning,
        "function_call" => ItemId.Call,
        _ => ItemId.Result,
    });

    private static string? Text(JsonElement item, string name)
        => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
