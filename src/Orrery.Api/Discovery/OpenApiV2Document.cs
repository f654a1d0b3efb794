using System.Text.Json.Nodes;
using Orrery.Resources;

namespace Orrery.Api.Discovery;

/// <summary>
/// OpenAPI v2 ("swagger"): every kind as a definition, and per kind one PATCH path which says which
/// parameters are understood. kubectl 1.20 checks manifests and explains fields with it; kubectl up to 1.29 looks up <c>fieldValidation</c>.
/// </summary>
internal static class OpenApiV2Document
{
    /// <summary>The fields of a schema that version 2 has too.</summary>
    private static readonly string[] Common = ["type", "format", "description", "default", "enum", "required", "pattern", "minimum", "maximum", "minLength", "maxLength"];

    public static JsonObject Json(string product)
    {
        var paths = new JsonObject();
        var definitions = new JsonObject();
        foreach (var kind in Kinds.All)
        {
            var gvk = new JsonObject { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Name };
            var definition = Downgraded(OpenApiDocuments.SchemaOf(kind));
            definition["x-kubernetes-group-version-kind"] = new JsonArray(gvk.DeepClone());
            definitions[OpenApiDocuments.SchemaName(kind)] = definition;
            paths[Path(kind)] = new JsonObject
            {
                ["patch"] = new JsonObject
                {
                    ["parameters"] = new JsonArray([.. OpenApiDocuments.WriteParameters.Select(Parameter)]),
                    ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
                    ["x-kubernetes-group-version-kind"] = gvk,
                },
            };
        }
        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Orrery", ["version"] = product },
            ["paths"] = paths,
            ["definitions"] = definitions,
        };
    }

    private static JsonObject Parameter(string name) => new() { ["name"] = name, ["in"] = "query", ["type"] = "string" };

    private static string Path(ResourceKind kind)
        => $"{(kind.Group.Length == 0 ? "/api" : $"/apis/{kind.Group}")}/{kind.Version}/{(kind.Namespaced ? "namespaces/{namespace}/" : "")}{kind.Plural}/{{name}}";

    /// <summary>Version 2 has no alternatives (<c>oneOf</c>, <c>anyOf</c>, <c>nullable</c>): what needs them is left open.</summary>
    private static JsonObject Downgraded(JsonObject schema)
    {
        var json = new JsonObject();
        foreach (string field in Common)
        {
            if (schema[field] is { } value)
                json[field] = value.DeepClone();
        }
        // A type is a promise to kubectl 1.20, which checks it before it sends; a value of two types has none.
        if (schema["x-kubernetes-int-or-string"] is not null)
            json.Remove("type");
        if (schema["properties"] is JsonObject properties)
            json["properties"] = new JsonObject(properties.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Key, Downgraded(p.Value!.AsObject()))));
        if (schema["items"] is JsonObject items)
            json["items"] = Downgraded(items);
        if (schema["additionalProperties"] is JsonObject additional)
            json["additionalProperties"] = Downgraded(additional);
        if (schema["x-kubernetes-preserve-unknown-fields"] is { } preserve)
            json["x-kubernetes-preserve-unknown-fields"] = preserve.DeepClone();
        return json;
    }
}
