using System.Text.Json.Nodes;

namespace Orrery.Cli.Editing;

/// <summary>What leads from one object to another, as RFC 7396 writes it: only what differs, null for what is gone, lists whole. Pure.</summary>
internal static class MergePatch
{
    /// <summary>Empty when they are the same.</summary>
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in after)
        {
            if (before[name] is JsonObject old && value is JsonObject now)
            {
                var inner = Between(old, now);
                if (inner.Count > 0)
                    patch[name] = inner;
            }
            else if (!before.ContainsKey(name) || !JsonNode.DeepEquals(before[name], value))
            {
                patch[name] = value?.DeepClone();
            }
        }
        foreach (var (name, _) in before)
        {
            if (!after.ContainsKey(name))
                patch[name] = null;
        }
        return patch;
    }
}
