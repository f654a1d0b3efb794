using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Orrery.Resources.Validation;

/// <summary>Finds nulls in lists and maps, where they mean nothing. A field that is null is the same as one left out.</summary>
internal static class Nulls
{
    /// <summary>A problem for each, starting with its path.</summary>
    public static IReadOnlyList<string> In(JsonObject document, ResourceKind kind)
    {
        var problems = new List<string>();
        Walk(document, kind.View, "", problems);
        return problems;
    }

    private static void Walk(JsonNode node, JsonTypeInfo view, string path, List<string> problems)
    {
        switch (view.Kind)
        {
            case JsonTypeInfoKind.Object when node is JsonObject json:
                foreach (var property in view.Properties)
                {
                    if (json[property.Name] is { } value)
                        Walk(value, view.Options.GetTypeInfo(property.PropertyType), path.Length == 0 ? property.Name : $"{path}.{property.Name}", problems);
                }
                break;
            case JsonTypeInfoKind.Enumerable when node is JsonArray array:
                for (int i = 0; i < array.Count; i++)
                    Member(array[i], view, $"{path}[{i}]", problems);
                break;
            case JsonTypeInfoKind.Dictionary when node is JsonObject map:
                foreach (var (name, value) in map)
                    Member(value, view, $"{path}.{name}", problems);
                break;
        }
    }

    private static void Member(JsonNode? value, JsonTypeInfo view, string path, List<string> problems)
    {
        if (value is null)
            problems.Add($"{path}: must not be null");
        else if (view.ElementType is { } element)
            Walk(value, view.Options.GetTypeInfo(element), path, problems);
    }
}
