using System.Text.Json.Nodes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Apply;

/// <summary>How one value differs from another, by field.</summary>
internal sealed record Comparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    private static readonly Comparison Same = new(FieldSet.Empty, FieldSet.Empty, FieldSet.Empty);
    private static readonly Comparison Changed = new(FieldSet.Empty, FieldSet.Leaf, FieldSet.Empty);

    public static Comparison Of(JsonNode before, JsonNode after, MergeType type) => Of(before, after, type, 0);

    /// <summary>Fields whose value is another now.</summary>
    public FieldSet Written => Modified.Union(Added);

    private static Comparison Of(JsonNode? before, JsonNode? after, MergeType type, int depth)
    {
        var left = FieldParts.Of(before, type, depth);
        var right = FieldParts.Of(after, type, depth);
        if (left is null && right is null)
            return JsonNode.DeepEquals(before, after) ? Same : Changed;
        if (left is { Count: 0 } && right is { Count: 0 })
            return Same;

        // A leaf that became an object, or the other way round, changed itself besides what is inside.
        bool changedForm = left is null || right is null;
        var old = (left ?? []).ToDictionary(p => p.Element);
        var parts = (right ?? []).Select(p => (p.Element, Difference: old.Remove(p.Element, out var was) ? Of(was.Value, p.Value, p.Type, depth + 1) : New(p, depth + 1))).ToList();
        parts.AddRange(old.Values.Select(p => (p.Element, Gone(p, depth + 1))));
        return new Comparison(
            FieldSet.Of(false, parts.Select(p => KeyValuePair.Create(p.Element, p.Difference.Added))),
            FieldSet.Of(changedForm, parts.Select(p => KeyValuePair.Create(p.Element, p.Difference.Modified))),
            FieldSet.Of(false, parts.Select(p => KeyValuePair.Create(p.Element, p.Difference.Removed))));
    }

    private static Comparison New(FieldPart part, int depth) => Same with { Added = FieldTree.All(part.Value, part.Type, depth) };

    private static Comparison Gone(FieldPart part, int depth) => Same with { Removed = FieldTree.All(part.Value, part.Type, depth) };
}
