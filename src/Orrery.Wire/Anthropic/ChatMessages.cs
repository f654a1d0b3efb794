using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Anthropic;

/// <summary>
/// Messages of Anthropic's as those of chat. Results of tools, which stand in a user's message there, are messages of their own here and come first, since
/// they answer the calls before; what the assistant thought is left out, as models' templates do it with earlier turns.
/// </summary>
internal static class ChatMessages
{
    public static void Write(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, FieldReader fields, JsonElement message, string path)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(path, $"'{path}' must be an object with role and content.");
            return;
        }
        var reader = fields.Inside(path, message);
        string? role = reader.Text("role");
        if (reader.Any("content") is not { } content)
        {
            reader.Refuse("content", $"'{path}.content' must be set.");
            return;
        }
        var blocks = MessageContent.Blocks(fields, content, $"{path}.content").ToList();
        switch (role)
        {
            case "user":
                WriteUser(json, fields, blocks);
                break;
            case "assistant":
                WriteAssistant(json, blocks);
                break;
            case "system":
                Write(json, role, MessageContent.TextOf(fields, content, $"{path}.content"));
                break;
            default:
                reader.Refuse("role", $"'{path}.role' is '{role}'; it must be user or assistant.");
                break;
        }
    }

    private static void WriteUser(Utf8JsonWriter json, FieldReader fields, List<(FieldReader Block, string At)> blocks)
    {
        foreach (var (result, at) in blocks.Where(b => b.Block.Text("type") == "tool_result"))
            WriteResult(json, fields, result, at);
        var rest = blocks.Where(b => b.Block.Text("type") != "tool_result").ToList();
        if (rest.Count == 0)
            return;
        json.WriteStartObject();
        json.WriteString("role"u8, "user");
        if (rest is [var (only, _)] && only.Text("type") == "text")
        {
            json.WriteString("content"u8, only.Text("text") ?? "");
        }
        else
        {
            json.WriteStartArray("content"u8);
            foreach (var (block, at) in rest)
                WritePart(json, fields, block, at);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, FieldReader fields, FieldReader result, string at)
    {
        string text = result.Any("content") is { } content ? MessageContent.TextOf(fields, content, $"{at}.content") : "";
        json.WriteStartObject();
        json.WriteString("role"u8, "tool");
        json.WriteString("tool_call_id"u8, Required(result, "tool_use_id", at));
        // Chat has no mark for a result that is an error.
        json.WriteString("content"u8, result.Flag("is_error") ? $"Error: {text}" : text);
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, FieldReader fields, FieldReader block, string at)
    {
        switch (block.Text("type"))
        {
            case "text":
                WriteText(json, block.Text("text") ?? "");
                break;
            case "image" when ImageUrl(block) is { } url:
                json.WriteStartObject();
                json.WriteString("type"u8, "image_url");
                json.WriteStartObject("image_url"u8);
                json.WriteString("url"u8, url);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case "document" when block.Object("source") is { } source && source.Text("type") == "text":
                WriteText(json, (block.Text("title") is { Length: > 0 } title ? $"{title}\n" : "") + source.Text("data"));
                break;
            case var type:
                fields.Refuse(at, $"'{at}' is of the type '{type}'; text, image (base64 or url), document (of text) and tool_result work in a user's message.", "unsupported_value");
                break;
        }
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text");
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    private static string? ImageUrl(FieldReader image) => image.Object("source") is not { } source ? null : source.Text("type") switch
    {
        "base64" => $"data:{source.Text("media_type")};base64,{source.Text("data")}",
        "url" => source.Text("url"),
        _ => null,
    };

    private static void WriteAssistant(Utf8JsonWriter json, List<(FieldReader Block, string At)> blocks)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "assistant");
        string text = string.Concat(blocks.Where(b => b.Block.Text("type") == "text").Select(b => b.Block.Text("text")));
        var calls = blocks.Where(b => b.Block.Text("type") == "tool_use").ToList();
        if (text.Length > 0 || calls.Count == 0)
            json.WriteString("content"u8, text);
        else
            json.WriteNull("content"u8);
        if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var (call, at) in calls)
                WriteCall(json, call, at);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        foreach (var (block, at) in blocks.Where(b => b.Block.Text("type") is not ("text" or "tool_use" or "thinking" or "redacted_thinking")))
            block.Refuse("type", $"'{at}.type' is '{block.Text("type")}'; text, tool_use and thinking work in an assistant's message.", "unsupported_value");
    }

    private static void WriteCall(Utf8JsonWriter json, FieldReader call, string at)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Required(call, "id", at));
        json.WriteString("type"u8, "function");
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, Required(call, "name", at));
        json.WriteString("arguments"u8, call.Any("input")?.GetRawText() ?? "{}");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Required(FieldReader block, string name, string at)
    {
        if (block.Text(name) is { Length: > 0 } value)
            return value;
        block.Refuse(name, $"'{at}.{name}' must be set.");
        return "";
    }
}
