using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Cli.Output.JsonPath;

/// <summary>One path: <c>.items[*].metadata.name</c>, <c>$..name</c>, <c>.a['b.c']</c>, <c>[0:2]</c>, <c>[?(@.type=="Ready")]</c>. What is not there selects nothing.</summary>
internal sealed record JsonPathQuery(bool FromRoot, IReadOnlyList<JsonPathStep> Steps)
{
    /// <exception cref="Client.CliException">It is no path; says where.</exception>
    public static JsonPathQuery Parse(string text) => new JsonPathReader(text).Query();

    /// <param name="root">Where <c>$</c> begins.</param>
    /// <param name="current">Where <c>@</c> and a path that begins with neither begin.</param>
    public IReadOnlyList<JsonNode?> Select(JsonNode root, JsonNode? current)
    {
        List<JsonNode?> nodes = [FromRoot ? root : current];
        foreach (var step in Steps)
            nodes = [.. nodes.SelectMany(n => step.Select(root, n))];
        return nodes;
    }
}

/// <summary>What leads from one value to others.</summary>
internal abstract record JsonPathStep
{
    public abstract IEnumerable<JsonNode?> Select(JsonNode root, JsonNode? node);

    public sealed record Fields(IReadOnlyList<string> Names) : JsonPathStep
    {
        public override IEnumerable<JsonNode?> Select(JsonNode root, JsonNode? node)
            => node is JsonObject json ? Names.Where(json.ContainsKey).Select(n => json[n]) : [];
    }

    public sealed record All : JsonPathStep
    {
        public override IEnumerable<JsonNode?> Select(JsonNode root, JsonNode? node) => Children(node);
    }

    /// <summary>The value itself and everything below it.</summary>
    public sealed record Below : JsonPathStep
    {
        public override IEnumerable<JsonNode?> Select(JsonNode root, JsonNode? node) => Children(node).SelectMany(c => Select(root, c)).Prepend(node);
    }

    /// <summary>Negative numbers count from the end.</summary>
    public sealed record Items(IReadOnlyList<int> Indexes) : JsonPathStep
    {
        public override IEnumerable<JsonNode?> Select(JsonNode root, JsonNode? node)
            => node is JsonArray array ? Indexes.Select(i => i < 0 ? i + array.Count : i).Where(i => i >= 0 && i < array.Count).Select(i => array[i]) : [];
    }

    /// <summary>From the first up to, not with, the end.</summary>
    public sealed record Slice(int? First, int? End, int By) : JsonPathStep
    {
        public override IEnumerable<JsonNode?> Select(JsonNode root, JsonNode? node)
        {
            if (node is not JsonArray array)
                yield break;
            for (int i = Place(First ?? 0, array.Count); i < Place(End ?? array.Count, array.Count); i += By)
                yield return array[i];
        }

        private static int Place(int index, int count) => Math.Clamp(index < 0 ? index + count : index, 0, count);
    }

    /// <summary>Items for which the comparison holds. Without an operator: those that have the value.</summary>
    public sealed record Filter(JsonPathOperand Left, string? Operator, JsonPathOperand? Right) : JsonPathStep
    {
        public override IEnumerable<JsonNode?> Select(JsonNode root, JsonNode? node) => Children(node).Where(c => Holds(root, c));

        private bool Holds(JsonNode root, JsonNode? item)
        {
            var left = Left.Values(root, item);
            if (Operator is null)
                return left.Count > 0;
            return Right!.Values(root, item) is [var right] && left is [var only] && Compares(only, right);
        }

        private bool Compares(JsonNode? left, JsonNode? right)
        {
            int? order = Number(left) is { } a && Number(right) is { } b ? a.CompareTo(b)
                : left?.GetValueKind() == JsonValueKind.String && right?.GetValueKind() == JsonValueKind.String
                    ? string.CompareOrdinal(left.GetValue<string>(), right.GetValue<string>()) : null;
            return Operator switch
            {
                "==" => order is { } o ? o == 0 : JsonNode.DeepEquals(left, right),
                "!=" => order is { } o ? o != 0 : !JsonNode.DeepEquals(left, right),
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            };
        }

        private static double? Number(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number ? double.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonArray array => array,
        JsonObject json => json.Select(p => p.Value),
        _ => [],
    };
}

/// <summary>A side of a comparison: a path, or a value as written.</summary>
internal sealed record JsonPathOperand(JsonPathQuery? Query, JsonNode? Value)
{
    public IReadOnlyList<JsonNode?> Values(JsonNode root, JsonNode? item) => Query?.Select(root, item) ?? [Value];
}
