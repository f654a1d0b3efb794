using System.Text.Json.Nodes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Apply;

/// <summary>A part of a value that has owners of its own.</summary>
/// <param name="Element">How FieldsV1 writes it.</param>
/// <param name="IsNamed">True: a record's field. Such a path belongs to whoever owns something below it; an entry or item is owned itself.</param>
internal readonly record struct FieldPart(string Element, JsonNode? Value, MergeType Type, bool IsNamed);

/// <summary>Takes values apart along their <see cref="MergeType"/>: the one place that knows what a leaf is.</summary>
internal static class FieldParts
{
    /// <summary>Below this, values are whole: a path in managedFields lies five levels deeper than in its object, and both must stay readable.</summary>
    private const int MaxDepth = Document.MaxDepth - 16;

    /// <returns>Null: a leaf. That is also what a value of another form than its type asks for is: validation names it later.</returns>
    public static IReadOnlyList<FieldPart>? Of(JsonNode? value, MergeType type, int depth)
    {
        if (depth >= MaxDepth)
            return null;
        return (type.Form, value) switch
        {
            (MergeForm.Struct, JsonObject json) => [.. json.Select(f => new FieldPart(FieldsV1.Field(f.Key), f.Value, type.Field(f.Key) ?? MergeType.Unknown, type.Field(f.Key) is not null))],
            (MergeForm.Map or MergeForm.Unknown, JsonObject json) => [.. json.Select(f => new FieldPart(FieldsV1.Field(f.Key), f.Value, type.Element, false))],
            (MergeForm.Set, JsonArray list) => Items(list, type, IsScalar, item => FieldsV1.Value(item)),
            (MergeForm.Keyed, JsonArray list) => Items(list, type, item => HasKey(item, type.Keys), item => KeyOf(item.AsObject(), type.Keys)),
            _ => null,
        };
    }

    /// <summary>Paths of lists whose items cannot be told apart, each with what is wrong.</summary>
    public static IEnumerable<string> Problems(JsonNode? value, MergeType type, string path = "", int depth = 0)
    {
        var parts = Of(value, type, depth);
        if (parts is null && type.Form is MergeForm.Set or MergeForm.Keyed && value is JsonArray && depth < MaxDepth)
        {
            yield return type.Form == MergeForm.Set
                ? $"{path}: must hold each value once"
                : $"{path}: each item must be an object with {string.Join(" and ", type.Keys)}, and no two may have the same";
        }
        foreach (var part in parts ?? [])
        {
            string at = FieldsV1.PathText([part.Element]);
            foreach (string problem in Problems(part.Value, part.Type, path.Length == 0 ? at.TrimStart('.') : path + at, depth + 1))
                yield return problem;
        }
    }

    private static List<FieldPart>? Items(JsonArray list, MergeType type, Func<JsonNode?, bool> isItem, Func<JsonNode, string> element)
    {
        var parts = new List<FieldPart>(list.Count);
        var seen = new HashSet<string>();
        foreach (var item in list)
        {
            if (!isItem(item) || element(item!) is var name && !seen.Add(name))
                return null;
            parts.Add(new FieldPart(element(item!), item, type.Element, false));
        }
        return parts;
    }

    private static bool IsScalar(JsonNode? node) => node is JsonValue;

    private static bool HasKey(JsonNode? node, IReadOnlyList<string> keys)
        => node is JsonObject json && keys.Any(k => json[k] is not null) && keys.All(k => json[k] is null or JsonValue);

    private static string KeyOf(JsonObject item, IReadOnlyList<string> keys)
        => FieldsV1.Key(keys.Where(k => item[k] is not null).Select(k => KeyValuePair.Create(k, item[k]!)));
}
