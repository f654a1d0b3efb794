using System.Text.Json;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>What can be said of a schema before it is read: its size, and whether all its text is text.</summary>
internal static class SchemaSize
{
    private const int MaxValues = 100_000;
    private const int MaxDepth = 64;

    public static IEnumerable<SchemaProblem> Problems(SchemaPlace schema)
    {
        int left = MaxValues;
        return Problem(schema, 0, ref left) is { } problem ? [problem] : [];
    }

    private static SchemaProblem? Problem(SchemaPlace place, int depth, ref int left)
    {
        if (--left < 0)
            return new SchemaProblem(place.Pointer, "", $"makes the schema too large: it has more than {MaxValues} values");
        if (depth > MaxDepth)
            return new SchemaProblem(place.Pointer, "", $"is nested deeper than {MaxDepth}");
        try
        {
            switch (place.Element.ValueKind)
            {
                case JsonValueKind.String:
                    place.Element.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (var item in place.Element.EnumerateArray())
                    {
                        if (Problem(place with { Element = item }, depth + 1, ref left) is { } problem)
                            return problem;
                    }
                    break;
                case JsonValueKind.Object:
                    foreach (var member in place.Element.EnumerateObject())
                    {
                        if (Problem(place.At(member.Name, member.Value), depth + 1, ref left) is { } problem)
                            return problem;
                    }
                    break;
            }
            return null;
        }
        catch (InvalidOperationException)
        {
            // The only way to learn that an escape spells half a character.
            return new SchemaProblem(place.Pointer, "", "has an escape of half a character (a lone surrogate), which is no text");
        }
    }
}
