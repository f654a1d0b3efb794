using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Orrery.Api.Discovery;

/// <summary>The OpenAPI schema of a typed view, read from the same description that reads and writes its JSON.</summary>
internal static class OpenApiSchema
{
    // No kind nests its own records this deep; one that nests in itself ends here.
    private const int MaxDepth = 12;

    public static JsonObject Of(JsonTypeInfo view) => Of(view, 0);

    private static JsonObject Of(JsonTypeInfo view, int depth)
    {
        if (depth >= MaxDepth)
            return Anything();
        switch (view.Kind)
        {
            case JsonTypeInfoKind.Object:
                var properties = new JsonObject();
                foreach (var property in view.Properties)
                    properties[property.Name] = Of(view.Options.GetTypeInfo(property.PropertyType), depth + 1);
                return new JsonObject { ["type"] = "object", ["properties"] = properties };
            case JsonTypeInfoKind.Enumerable when view.ElementType is { } element:
                return new JsonObject { ["type"] = "array", ["items"] = Of(view.Options.GetTypeInfo(element), depth + 1) };
            case JsonTypeInfoKind.Dictionary when view.ElementType is { } element:
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(view.Options.GetTypeInfo(element), depth + 1) };
            default:
                return Scalar(Nullable.GetUnderlyingType(view.Type) ?? view.Type);
        }
    }

    private static JsonObject Scalar(Type type)
    {
        if (type == typeof(string))
            return new JsonObject { ["type"] = "string" };
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean" };
        if (type == typeof(int) || type == typeof(long))
            return new JsonObject { ["type"] = "integer", ["format"] = type == typeof(int) ? "int32" : "int64" };
        if (type == typeof(double) || type == typeof(float))
            return new JsonObject { ["type"] = "number" };
        if (type == typeof(DateTimeOffset))
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        return Anything();
    }

    private static JsonObject Anything() => new() { ["x-kubernetes-preserve-unknown-fields"] = true };
}
