using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Anthropic;

/// <summary><c>tools</c> and <c>tool_choice</c> as those of chat.</summary>
internal static class MessageTools
{
    public static void Write(Utf8JsonWriter json, FieldReader fields)
    {
        if (fields.Any("tools") is not { } tools)
            return;
        if (tools.ValueKind != JsonValueKind.Array)
        {
            fields.Refuse("tools", "'tools' must be an array of {\"name\":…,\"input_schema\":…}.");
            return;
        }
        if (tools.GetArrayLength() == 0)
            return;
        json.WriteStartArray("tools"u8);
        foreach (var (index, tool) in tools.EnumerateArray().Index())
            WriteTool(json, fields, tool, $"tools[{index}]");
        json.WriteEndArray();
        WriteChoice(json, fields);
    }

    private static void WriteTool(Utf8JsonWriter json, FieldReader fields, JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(path, $"'{path}' must be an object: {{\"name\":…,\"input_schema\":…}}.");
            return;
        }
        var tool = fields.Inside(path, element);
        if (tool.Text("type") is { } type and not "custom")
            tool.Refuse("type", $"'{path}.type' is '{type}', a tool that runs at Anthropic's own service. Leave it out, or give a tool of your own.", "unsupported_value");
        json.WriteStartObject();
        json.WriteString("type"u8, "function");
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, tool.Text("name"));
        if (tool.Text("description") is { } description)
            json.WriteString("description"u8, description);
        if (tool.Any("input_schema") is { } schema)
        {
            json.WritePropertyName("parameters"u8);
            schema.WriteTo(json);
        }
        if (tool.Any("strict") is { } strict)
        {
            json.WritePropertyName("strict"u8);
            strict.WriteTo(json);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, FieldReader fields)
    {
        if (fields.Object("tool_choice") is not { } choice)
            return;
        switch (choice.Text("type"))
        {
            case "auto":
                json.WriteString("tool_choice"u8, "auto");
                break;
            case "any":
                json.WriteString("tool_choice"u8, "required");
                break;
            case "none":
                json.WriteString("tool_choice"u8, "none");
                break;
            case "tool":
                json.WriteStartObject("tool_choice"u8);
                json.WriteString("type"u8, "function");
                json.WriteStartObject("function"u8);
                json.WriteString("name"u8, choice.Text("name"));
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case var type:
                choice.Refuse("type", $"'tool_choice.type' is '{type}'; it must be auto, any, tool or none.");
                break;
        }
        if (choice.Flag("disable_parallel_tool_use"))
            json.WriteBoolean("parallel_tool_calls"u8, false);
    }
}
