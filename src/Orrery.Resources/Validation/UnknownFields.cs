using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Orrery.Resources.Validation;

/// <summary>Finds fields that no record knows, by walking the document beside the typed view's own description: usually a typing mistake.</summary>
public static class UnknownFields
{
    /// <summary>Paths such as <c>spec.engine.minReplica</c>, in document order.</summary>
    public static IReadOnlyList<string> In(JsonObject document, ResourceKind kind)
    {
        var unknown = new List<string>();
        Walk(document, kind.View, "", unknown);
        return unknown;
    }

    private static void Walk(JsonNode? node, JsonTypeInfo view, string path, List<string> unknown)
    {
        switch (view.Kind)
        {
            case JsonTypeInfoKind.Object when node is JsonObject json:
                foreach (var (name, value) in json)
                {
                    string at = path.Length == 0 ? name : $"{path}.{name}";
                    if (view.Properties.FirstOrDefault(p => p.Name == name) is { } known)
                        Walk(value, view.Options.GetTypeInfo(known.PropertyType), at, unknown);
                    else
                        unknown.Add(at);
                }
                break;
            case JsonTypeInfoKind.Enumerable when node is JsonArray array && view.ElementType is { } element:
                for (int i = 0; i < array.Count; i++)
                    Walk(array[i], view.Options.GetTypeInfo(element), $"{path}[{i}]", unknown);
                break;
            case JsonTypeInfoKind.Dictionary when node is JsonObject map && view.ElementType is { } element:
                foreach (var (name, value) in map)
                    Walk(value, view.Options.GetTypeInfo(element), $"{path}.{name}", unknown);
                break;
        }
    }
}
