using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orrery.Wire.OpenAI.Tools;

/// <summary>A call that a model made, in an answer or in the conversation that a client sends back.</summary>
/// <param name="Id">What the result refers to as <c>tool_call_id</c>.</param>
public sealed record ToolCall(string Id, FunctionCall Function)
{
    [JsonPropertyName("type")]
    public string ToolType { get; } = "function";

    internal static IReadOnlyList<ToolCall>? ReadAll(FieldReader message, string path)
    {
        if (message.Any("tool_calls") is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Array)
            return value.GetArrayLength() == 0 ? null : [.. value.EnumerateArray().Select((call, index) => Read(message, call, path, $"tool_calls[{index}]"))];
        message.Refuse("tool_calls", $"'{path}.tool_calls' must be an array.");
        return null;
    }

    private static ToolCall Read(FieldReader message, JsonElement json, string path, string place)
    {
        var none = new ToolCall("", new FunctionCall("", "{}"));
        if (json.ValueKind != JsonValueKind.Object)
        {
            message.Refuse(place, $"'{path}.{place}' must be an object with id, type and function.");
            return none;
        }
        var call = message.Inside(place, json);
        string? id = call.Text("id");
        if (string.IsNullOrEmpty(id))
            call.Refuse("id", $"'{path}.{place}.id' must be set: the call's result refers to it.");
        if ((call.Text("type") ?? "function") is not "function" and var type)
            call.Refuse("type", $"'{path}.{place}.type' is '{type}'; only function works.");
        if (call.Object("function") is not { } function)
        {
            call.Refuse("function", $"'{path}.{place}.function' must be an object with name and arguments.");
            return none;
        }
        string? name = function.Text("name");
        if (!FunctionTool.IsName(name))
            function.Refuse("name", $"'{path}.{place}.function.name' must be a function's name.");
        return new ToolCall(id ?? "", new FunctionCall(name ?? "", ArgumentsOf(function, $"{path}.{place}.function.arguments")));
    }

    /// <summary>Nothing at all stands for no arguments, as some clients send it.</summary>
    private static string ArgumentsOf(FieldReader function, string path)
    {
        string text = function.Text("arguments") ?? "";
        if (text.Length == 0)
            return "{}";
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return text;
        }
        catch (JsonException)
        {
        }
        function.Refuse("arguments", $"'{path}' must be a string that holds a JSON object.");
        return "{}";
    }
}

/// <param name="Arguments">A JSON object as text.</param>
public sealed record FunctionCall(string Name, string Arguments);

/// <summary>A part of a call in a streamed answer. The first of a call has its id, type and name; the arguments of all, joined, are its arguments.</summary>
/// <param name="Index">Of the call in the answer, from 0.</param>
public sealed record ToolCallDelta(
    int Index,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    [property: JsonPropertyName("type"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ToolType,
    FunctionDelta Function);

public sealed record FunctionDelta([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name, string Arguments);
