using System.Text.Json.Nodes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Validation;

/// <summary>Finds fields that no record knows, by walking the document beside its schema: usually a typing mistake.</summary>
public static class UnknownFields
{
    /// <summary>Paths such as <c>spec.engine.minReplica</c>, in document order.</summary>
    public static IReadOnlyList<string> In(JsonObject document, ResourceKind kind)
    {
        var unknown = new List<string>();
        Walk(document, kind.Schema, "", unknown);
        return unknown;
    }

    private static void Walk(JsonNode? node, FieldSchema schema, string path, List<string> unknown)
    {
        switch (schema.Type)
        {
            case FieldType.Fields when node is JsonObject json && !schema.Open:
                foreach (var (name, value) in json)
                {
                    string at = path.Length == 0 ? name : $"{path}.{name}";
                    if (schema.Property(name) is { } known)
                        Walk(value, known.Schema, at, unknown);
                    else
                        unknown.Add(at);
                }
                break;
            case FieldType.List when node is JsonArray array:
                for (int i = 0; i < array.Count; i++)
                    Walk(array[i], schema.Elements!, $"{path}[{i}]", unknown);
                break;
            case FieldType.Map when node is JsonObject map:
                foreach (var (name, value) in map)
                    Walk(value, schema.Elements!, $"{path}.{name}", unknown);
                break;
        }
    }
}
