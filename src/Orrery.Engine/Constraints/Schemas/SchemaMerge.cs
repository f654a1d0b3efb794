using System.Text.Json;
using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>Two schemas as one that allows what both allow.</summary>
internal static class SchemaMerge
{
    /// <param name="problem">Set where it cannot be said as one.</param>
    public static Schema Of(Schema a, Schema b, out SchemaProblem? problem)
    {
        problem = a.Pattern is not null && b.Pattern is not null && a.Pattern != b.Pattern
            ? new SchemaProblem(b.Pointer, "pattern", "comes together with another pattern for the same text: write one that says both")
            : a.Format is not null && b.Format is not null && a.Format != b.Format
                ? new SchemaProblem(b.Pointer, "format", $"is '{b.Format}' where the same text must be '{a.Format}' too: leave one out")
                : null;
        return a with
        {
            Types = a.Types is null ? b.Types : a.Types & (b.Types ?? SchemaTypes.All),
            Values = a.Values is null ? b.Values : b.Values is null ? a.Values : Common(a.Values, b.Values),
            Properties = Properties(a, b),
            Required = [.. a.Required.Union(b.Required)],
            Additional = And(a.Additional, b.Additional),
            PrefixItems = [.. Enumerable.Range(0, Math.Max(a.PrefixItems.Count, b.PrefixItems.Count)).Select(i => And(Item(a, i), Item(b, i)) ?? [])],
            Items = And(a.Items, b.Items),
            MinItems = Larger(a.MinItems, b.MinItems),
            MaxItems = Smaller(a.MaxItems, b.MaxItems),
            MinLength = Larger(a.MinLength, b.MinLength),
            MaxLength = Smaller(a.MaxLength, b.MaxLength),
            Pattern = a.Pattern ?? b.Pattern,
            Format = a.Format ?? b.Format,
            Low = Tighter(a.Low, b.Low, 1),
            High = Tighter(a.High, b.High, -1),
            Groups = [.. a.Groups, .. b.Groups],
            Also = [.. a.Also, .. b.Also],
        };
    }

    /// <param name="side">1 keeps the larger, -1 the smaller; of equals the one that leaves out more.</param>
    public static Bound? Tighter(Bound? a, Bound? b, int side)
    {
        if (a is null || b is null)
            return a ?? b;
        int order = a.CompareTo(b) * side;
        return order > 0 || (order == 0 && a.Exclusive) ? a : b;
    }

    private static List<(string, IReadOnlyList<SchemaPlace>)> Properties(Schema a, Schema b)
    {
        var inA = a.Properties.Select(property => property.Name).ToHashSet();
        var inB = b.Properties.ToDictionary(property => property.Name, property => property.Schemas);
        return
        [
            .. a.Properties.Select(property => (property.Name, And(property.Schemas, inB.GetValueOrDefault(property.Name) ?? b.Additional)!)),
            .. b.Properties.Where(property => !inA.Contains(property.Name)).Select(property => (property.Name, And(a.Additional, property.Schemas)!)),
        ];
    }

    private static IReadOnlyList<SchemaPlace>? Item(Schema schema, int index)
        => index < schema.PrefixItems.Count ? schema.PrefixItems[index] : schema.Items;

    private static IReadOnlyList<SchemaPlace>? And(IReadOnlyList<SchemaPlace>? a, IReadOnlyList<SchemaPlace>? b)
        => a is null ? b : b is null ? a : [.. a.Concat(b).DistinctBy(place => place.Pointer)];

    private static List<JsonElement> Common(IReadOnlyList<JsonElement> a, IReadOnlyList<JsonElement> b)
    {
        var texts = b.Select(value => Convert.ToHexString(JsonText.Of(value))).ToHashSet();
        return [.. a.Where(value => texts.Contains(Convert.ToHexString(JsonText.Of(value))))];
    }

    private static int? Larger(int? a, int? b) => a is null || b is null ? a ?? b : Math.Max(a.Value, b.Value);

    private static int? Smaller(int? a, int? b) => a is null || b is null ? a ?? b : Math.Min(a.Value, b.Value);
}
