using System.Text.Json.Nodes;

namespace Orrery.Resources.Schema;

/// <summary>
/// The part of Kubernetes' JSONPath that printer columns use: <c>.a.b</c>, <c>[0]</c>, <c>[*]</c> and <c>[?(@.type=="Ready")]</c>.
/// What is not there selects nothing.
/// </summary>
public static class FieldPath
{
    public static IReadOnlyList<JsonNode> Select(JsonNode root, string path)
    {
        List<JsonNode> nodes = [root];
        for (int at = 0; at < path.Length && nodes.Count > 0;)
        {
            int end = path[at] == '[' ? path.IndexOf(']', at) + 1 : path.IndexOfAny(['.', '['], at + 1);
            if (end <= at)
                end = path.Length;
            string step = path[at..end];
            nodes = [.. nodes.SelectMany(n => Step(n, step))];
            at = end;
        }
        return nodes;
    }

    /// <summary>The selected values as one cell: joined by commas, empty when there is none.</summary>
    public static string Text(JsonNode root, string path) => string.Join(',', Select(root, path).Select(n => n.ToString()));

    private static IEnumerable<JsonNode> Step(JsonNode node, string step)
    {
        if (step[0] == '.')
            return node is JsonObject json && json[step[1..]] is { } child ? [child] : [];
        if (node is not JsonArray array)
            return [];

        string inside = step[1..^1];
        if (inside == "*")
            return array.OfType<JsonNode>();
        if (int.TryParse(inside, out int index))
            return index >= 0 && index < array.Count && array[index] is { } item ? [item] : [];
        if (inside.StartsWith("?(@.", StringComparison.Ordinal) && inside.EndsWith("\")", StringComparison.Ordinal)
            && inside.IndexOf("==\"", StringComparison.Ordinal) is > 0 and var equals)
        {
            string field = inside[4..equals];
            string wanted = inside[(equals + 3)..^2];
            return array.OfType<JsonObject>().Where(o => o[field]?.ToString() == wanted);
        }
        throw new ArgumentException($"'{step}' is not a step of a field path.", nameof(step));
    }
}
