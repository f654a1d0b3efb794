using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary><c>tools</c> and <c>tool_choice</c> as those of chat. Tools are functions; those that run at OpenAI's own service are refused by name.</summary>
internal static class ResponseTools
{
    public static void Write(Utf8JsonWriter json, FieldReader fields)
    {
        if (fields.Any("tools") is not { } tools)
            return;
        if (tools.ValueKind != JsonValueKind.Array)
        {
            fields.Refuse("tools", "'tools' must be an array of {\"type\":\"function\",\"name\":…,\"parameters\":…}.");
            return;
        }
        if (tools.GetArrayLength() == 0)
            return;
        json.WriteStartArray("tools"u8);
        foreach (var (index, tool) in tools.EnumerateArray().Index())
            WriteTool(json, fields, tool, $"tools[{index}]");
        json.WriteEndArray();
        WriteChoice(json, fields);
        ChatParameters.Copy(json, fields, "parallel_tool_calls", "parallel_tool_calls");
    }

    private static void WriteTool(Utf8JsonWriter json, FieldReader fields, JsonElement element, string path)
    {
        if (!IsFunction(fields, element, path, out var tool))
            return;
        json.WriteStartObject();
        json.WriteString("type"u8, "function");
        json.WriteStartObject("function"u8);
        foreach (string name in new[] { "name", "description", "parameters", "strict" })
            ChatParameters.Copy(json, tool, name, name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, FieldReader fields)
    {
        if (fields.Any("tool_choice") is not { } value)
            return;
        if (value.ValueKind == JsonValueKind.String)
        {
            ChatParameters.Copy(json, fields, "tool_choice", "tool_choice");
            return;
        }
        if (fields.Object("tool_choice") is not { } choice)
            return;
        json.WriteStartObject("tool_choice"u8);
        switch (choice.Text("type"))
        {
            case "function":
                WriteNamed(json, choice);
                break;
            case "allowed_tools":
                WriteAllowed(json, fields, choice);
                break;
            case var type:
                choice.Refuse("type", $"'tool_choice.type' is '{type}'; it must be function or allowed_tools, or 'tool_choice' one of auto, required and none.", "unsupported_value");
                break;
        }
        json.WriteEndObject();
    }

    private static void WriteAllowed(Utf8JsonWriter json, FieldReader fields, FieldReader choice)
    {
        json.WriteString("type"u8, "allowed_tools");
        json.WriteStartObject("allowed_tools"u8);
        ChatParameters.Copy(json, choice, "mode", "mode");
        json.WriteStartArray("tools"u8);
        var tools = choice.Any("tools") is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().ToArray() : [];
        foreach (var (index, element) in tools.Index())
        {
            if (!IsFunction(fields, element, $"tool_choice.tools[{index}]", out var tool))
                break;
            json.WriteStartObject();
            WriteNamed(json, tool);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter json, FieldReader tool)
    {
        json.WriteString("type"u8, "function");
        json.WriteStartObject("function"u8);
        ChatParameters.Copy(json, tool, "name", "name");
        json.WriteEndObject();
    }

    private static bool IsFunction(FieldReader fields, JsonElement element, string path, out FieldReader tool)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(path, $"'{path}' must be an object: {{\"type\":\"function\",\"name\":…,\"parameters\":…}}.");
            tool = fields;
            return false;
        }
        tool = fields.Inside(path, element);
        if (tool.Text("type") is "function")
            return true;
        tool.Refuse("type", $"'{path}.type' is '{tool.Text("type")}', and only functions work here. Give a function of your own.", "unsupported_value");
        return false;
    }
}
