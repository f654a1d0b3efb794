using System.Text.Json;

namespace Orrery.Wire.OpenAI.Tools;

/// <summary>A function that the model may call. <c>strict</c> is read and changes nothing: arguments are always valid under the schema.</summary>
/// <param name="Name">1 to 64 letters, digits, underscores and hyphens.</param>
/// <param name="Description">Empty: none was given.</param>
/// <param name="Parameters">A JSON schema of objects; on its own feet. Null: the function takes none.</param>
public sealed record FunctionTool(string Name, string Description, JsonElement? Parameters)
{
    /// <summary>Most tools of one request.</summary>
    public const int MaxTools = 128;

    private const int MaxName = 64;

    internal static List<FunctionTool> ReadAll(FieldReader fields)
    {
        var tools = new List<FunctionTool>();
        if (fields.Any("tools") is not { } value)
            return tools;
        if (value.ValueKind != JsonValueKind.Array)
            fields.Refuse("tools", "'tools' must be an array of {\"type\":\"function\",\"function\":…}.");
        else if (value.GetArrayLength() > MaxTools)
            fields.Refuse("tools", $"'tools' has {value.GetArrayLength()} tools; at most {MaxTools} work.");
        else
            tools.AddRange(value.EnumerateArray().Select((tool, index) => Read(fields, tool, $"tools[{index}]")).OfType<FunctionTool>());
        if (tools.GroupBy(tool => tool.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            fields.Refuse("tools", $"'tools' has two functions of the name '{twice.Key}'.");
        return tools;
    }

    internal static bool IsName(string? name)
        => name is { Length: > 0 and <= MaxName } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static FunctionTool? Read(FieldReader fields, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(path, $"'{path}' must be an object: {{\"type\":\"function\",\"function\":…}}.");
            return null;
        }
        var tool = fields.Inside(path, json);
        if (tool.Text("type") is not "function" and var type)
            tool.Refuse("type", $"'{path}.type' is '{type}'; only function works.");
        if (tool.Object("function") is not { } function)
        {
            tool.Refuse("function", $"'{path}.function' must be an object with name, description and parameters.");
            return null;
        }
        string? name = function.Text("name");
        if (!IsName(name))
            function.Refuse("name", $"'{path}.function.name' must be 1 to {MaxName} letters, digits, underscores and hyphens.");
        function.Flag("strict");
        return new FunctionTool(name ?? "", function.Text("description") ?? "", ParametersOf(function, path));
    }

    private static JsonElement? ParametersOf(FieldReader function, string path)
    {
        if (function.Any("parameters") is not { } schema)
            return null;
        if (schema.ValueKind != JsonValueKind.Object)
            function.Refuse("parameters", $"'{path}.function.parameters' must be a JSON schema of an object, such as {{\"type\":\"object\",\"properties\":{{}}}}.");
        else if (schema.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("object")))
            function.Refuse("parameters", $"'{path}.function.parameters' has the type {type.GetRawText()}; a function takes an object: its 'type' must be \"object\".");
        return schema.Clone();
    }
}
