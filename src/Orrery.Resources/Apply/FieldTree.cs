using System.Text.Json.Nodes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Apply;

/// <summary>Which fields a value has.</summary>
internal static class FieldTree
{
    /// <summary>What whoever wrote the value owns: leaves, entries, items, and what is empty or null.</summary>
    public static FieldSet Owned(JsonNode? value, MergeType type) => Owned(value, type, 0);

    /// <summary>Every path there is, the one that leads here too.</summary>
    /// <param name="depth">Of the value in its object.</param>
    public static FieldSet All(JsonNode? value, MergeType type, int depth)
        => FieldSet.Of(true, (FieldParts.Of(value, type, depth) ?? []).Select(p => KeyValuePair.Create(p.Element, All(p.Value, p.Type, depth + 1))));

    /// <summary>The set with every record's field that leads to a member.</summary>
    public static FieldSet WithNamed(FieldSet set, MergeType type) => FieldSet.Of(set.IsMember, set.Children.Select(c =>
    {
        bool isField = c.Key.StartsWith("f:", StringComparison.Ordinal);
        var known = isField ? type.Field(c.Key[2..]) : null;
        var child = WithNamed(c.Value, known ?? type.Element);
        return KeyValuePair.Create(c.Key, known is null ? child : FieldSet.Of(true, child.Children));
    }));

    private static FieldSet Owned(JsonNode? value, MergeType type, int depth)
    {
        if (FieldParts.Of(value, type, depth) is not { } parts)
            return FieldSet.Leaf;
        return FieldSet.Of(false, parts.Select(p =>
        {
            var below = Owned(p.Value, p.Type, depth + 1);
            return KeyValuePair.Create(p.Element, p.IsNamed && p.Value is not JsonObject { Count: 0 } ? below : FieldSet.Of(true, below.Children));
        }));
    }
}
