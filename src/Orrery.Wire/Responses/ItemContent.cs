using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary>Content of an item: a string, or an array of parts of which each has a <c>type</c>.</summary>
internal static class ItemContent
{
    private const string Anything = "content";

    /// <summary>The parts with where they stand. A string is one of the type <c>input_text</c>.</summary>
    public static IEnumerable<(FieldReader Part, string At)> Parts(FieldReader item, string at, string field = Anything)
    {
        switch (item.Any(field))
        {
            case { ValueKind: JsonValueKind.String } text:
                yield return (item.Inside(field, TextPart(text)), $"{at}.{field}");
                break;
            case { ValueKind: JsonValueKind.Array } parts:
                foreach (var (index, part) in parts.EnumerateArray().Index())
                {
                    if (part.ValueKind == JsonValueKind.Object)
                        yield return (item.Inside($"{field}[{index}]", part), $"{at}.{field}[{index}]");
                    else
                        item.Refuse($"{field}[{index}]", $"'{at}.{field}[{index}]' must be an object with a type.");
                }
                break;
            default:
                item.Refuse(field, $"'{at}.{field}' must be a string or an array of parts.");
                break;
        }
    }

    /// <summary>Texts, each on a line of its own; anything else is refused.</summary>
    public static string TextOf(FieldReader item, string at, string type, string field = Anything)
        => string.Join("\n", Parts(item, at, field).Select(part => TextOf(part.Part, part.At, [type, "text"])));

    public static string TextOf(FieldReader part, string at, string[] types)
    {
        if (part.Text("type") is { } type && types.Contains(type))
            return part.Text("text") ?? "";
        part.Refuse("type", $"'{at}.type' is '{part.Text("type")}'; only text ({types[0]}) works there.", "unsupported_value");
        return "";
    }

    public static void WriteUser(Utf8JsonWriter json, FieldReader item, string at)
    {
        var parts = Parts(item, at).ToList();
        json.WriteStartObject();
        json.WriteString("role"u8, "user");
        if (parts is [var (only, _)] && only.Text("type") is "input_text")
        {
            json.WriteString("content"u8, only.Text("text"));
        }
        else
        {
            json.WriteStartArray("content"u8);
            foreach (var (part, where) in parts)
                WritePart(json, part, where);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, FieldReader part, string at)
    {
        json.WriteStartObject();
        switch (part.Text("type"))
        {
            case "input_text" or "text":
                json.WriteString("type"u8, "text");
                json.WriteString("text"u8, part.Text("text"));
                break;
            case "input_image" when part.Text("image_url") is { } url:
                json.WriteString("type"u8, "image_url");
                json.WriteStartObject("image_url"u8);
                json.WriteString("url"u8, url);
                ChatParameters.Copy(json, part, "detail", "detail");
                json.WriteEndObject();
                break;
            case "input_file" when part.Text("file_data") is not null:
                json.WriteString("type"u8, "file");
                json.WriteStartObject("file"u8);
                ChatParameters.Copy(json, part, "filename", "filename");
                ChatParameters.Copy(json, part, "file_data", "file_data");
                json.WriteEndObject();
                break;
            case "input_audio" when part.Any("input_audio") is not null:
                json.WriteString("type"u8, "input_audio");
                ChatParameters.Copy(json, part, "input_audio", "input_audio");
                break;
            case var type:
                part.Refuse(
                    "type", $"'{at}' is of the type '{type}'; input_text, input_image with image_url, input_file with file_data, and input_audio work in a user's message.", "unsupported_value");
                break;
        }
        json.WriteEndObject();
    }

    private static JsonElement TextPart(JsonElement text)
    {
        using var part = JsonDocument.Parse($$"""{"type":"input_text","text":{{text.GetRawText()}}}""");
        return part.RootElement.Clone();
    }
}
