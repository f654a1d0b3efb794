using System.Text.Json;

namespace Orrery.Wire.OpenAI.Tools;

/// <summary><c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>: which functions there are, and what is wanted of them.</summary>
/// <param name="Tools">One at least.</param>
/// <param name="Allowed">Names of those that may be called; null: all. A function that <c>tool_choice</c> names is the only one, called once.</param>
/// <param name="Parallel">Several calls may be in one answer.</param>
public sealed record ToolRequest(IReadOnlyList<FunctionTool> Tools, ToolMode Mode, IReadOnlyList<string>? Allowed, bool Parallel)
{
    private const string Choice = "tool_choice";

    private const string Shapes =
        "'tool_choice' must be \"none\", \"auto\", \"required\", {\"type\":\"function\",\"function\":{\"name\":…}} or {\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":…,\"tools\":…}}.";

    /// <returns>Null: no tools.</returns>
    internal static ToolRequest? Read(FieldReader fields)
    {
        var tools = FunctionTool.ReadAll(fields);
        bool parallel = fields.Flag("parallel_tool_calls", unless: true);
        var (mode, allowed, single) = ChoiceOf(fields);
        if (tools.Count == 0)
        {
            if (mode == ToolMode.Required)
                fields.Refuse(Choice, "'tool_choice' asks for a call, but there are no 'tools'.");
            return null;
        }
        foreach (string absent in (allowed ?? []).Except(tools.Select(tool => tool.Name)))
            fields.Refuse(Choice, $"'tool_choice' names the function '{absent}', which is not among 'tools'.");
        return new ToolRequest(tools, mode, allowed, parallel && !single);
    }

    private static (ToolMode Mode, IReadOnlyList<string>? Allowed, bool Single) ChoiceOf(FieldReader fields)
    {
        if (fields.Any(Choice) is not { } value)
            return (ToolMode.Auto, null, false);
        if (value.ValueKind == JsonValueKind.String && ModeOf(value) is { } mode)
            return (mode, null, false);
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String)
        {
            if (type.ValueEquals("function") && NameOf(value) is { } name)
                return (ToolMode.Required, [name], true);
            if (type.ValueEquals("allowed_tools") && AllowedOf(value) is var (among, names))
                return (among, names, false);
        }
        fields.Refuse(Choice, Shapes);
        return (ToolMode.Auto, null, false);
    }

    private static ToolMode? ModeOf(JsonElement word) => word.ValueKind == JsonValueKind.String ? word.GetString() switch
    {
        "none" => ToolMode.None,
        "auto" => ToolMode.Auto,
        "required" => ToolMode.Required,
        _ => null,
    } : null;

    private static (ToolMode Mode, IReadOnlyList<string> Names)? AllowedOf(JsonElement choice)
    {
        if (choice.TryGetProperty("allowed_tools", out var allowed) && allowed.ValueKind == JsonValueKind.Object
            && allowed.TryGetProperty("mode", out var word) && ModeOf(word) is ToolMode.Auto or ToolMode.Required
            && allowed.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            && tools.EnumerateArray().Select(NameOf).ToList() is { Count: > 0 } names && !names.Contains(null))
            return (ModeOf(word)!.Value, [.. names.OfType<string>().Distinct()]);
        return null;
    }

    private static string? NameOf(JsonElement tool)
        => tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
            && function.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
}

/// <summary>What <c>tool_choice</c> asks for.</summary>
public enum ToolMode
{
    /// <summary>No calls.</summary>
    None,

    /// <summary>Text or calls, as the model likes.</summary>
    Auto,

    /// <summary>One call at least.</summary>
    Required,
}
