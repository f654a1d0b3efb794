using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Replica.Tools;

/// <summary>The schema of a function's arguments.</summary>
internal static class ToolSchema
{
    /// <summary>What chat templates see where a function takes nothing.</summary>
    public static JsonElement Nothing { get; } = Element(new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() });

    public static JsonElement AnyObject { get; } = Element(new JsonObject { ["type"] = "object" });

    /// <summary>Arguments are an object also where the schema does not say so.</summary>
    public static JsonElement? Of(JsonElement? parameters)
    {
        if (parameters is not { ValueKind: JsonValueKind.Object } schema || schema.TryGetProperty("type", out _))
            return parameters;
        var typed = new JsonObject { ["type"] = "object" };
        foreach (var member in schema.EnumerateObject())
            typed[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        return Element(typed);
    }

    private static JsonElement Element(JsonObject json)
    {
        using var document = JsonDocument.Parse(json.ToJsonString());
        return document.RootElement.Clone();
    }
}
