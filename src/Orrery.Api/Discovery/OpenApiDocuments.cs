using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Schema;

namespace Orrery.Api.Discovery;

/// <summary>
/// OpenAPI v3 as far as kubectl reads it: the fields of every kind (<c>kubectl explain</c>), and that writes take <c>fieldValidation</c>, so
/// that <c>kubectl apply</c> leaves checking to the server.
/// </summary>
internal static class OpenApiDocuments
{
    public static JsonObject Index()
    {
        var paths = new JsonObject { ["api/v1"] = Link("/openapi/v3/api/v1") };
        foreach (var (group, version) in DiscoveryDocuments.GroupVersions)
            paths[$"apis/{group}/{version}"] = Link($"/openapi/v3/apis/{group}/{version}");
        return new JsonObject { ["paths"] = paths };
    }

    public static JsonObject For(string group, string version, string product)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var kind in Kinds.All.Where(k => k.Group == group && k.Version == version))
        {
            var schema = SchemaJson.Of(kind.Schema);
            schema["x-kubernetes-group-version-kind"] = new JsonArray(Gvk(kind));
            schemas[SchemaName(kind)] = schema;
            if (kind.ReadOnly)
                continue;
            string root = group.Length == 0 ? $"/api/{version}" : $"/apis/{group}/{version}";
            paths[kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}"]
                = new JsonObject { ["post"] = Operation(kind, "post", ObjectTypes) };
            paths[kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}/{{name}}" : $"{root}/{kind.Plural}/{{name}}"]
                = new JsonObject { ["put"] = Operation(kind, "put", ObjectTypes), ["patch"] = Operation(kind, "patch", ["application/merge-patch+json"]) };
        }
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Orrery", ["version"] = product },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static readonly string[] ObjectTypes = ["application/json", "application/yaml"];

    private static JsonObject Link(string url) => new() { ["serverRelativeURL"] = url };

    private static JsonObject Operation(ResourceKind kind, string action, string[] types)
    {
        var content = new JsonObject();
        foreach (string type in types)
            content[type] = new JsonObject { ["schema"] = Reference(kind) };
        return new JsonObject
        {
            ["parameters"] = new JsonArray(new JsonObject
            {
                ["name"] = "fieldValidation",
                ["in"] = "query",
                ["schema"] = new JsonObject { ["type"] = "string" },
                ["description"] = "What happens to unknown fields: Strict refuses, Warn warns (default), Ignore keeps them.",
            }),
            ["requestBody"] = new JsonObject { ["content"] = content },
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "OK",
                    ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Reference(kind) } },
                },
            },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = Gvk(kind),
        };
    }

    private static JsonObject Reference(ResourceKind kind) => new() { ["$ref"] = $"#/components/schemas/{SchemaName(kind)}" };

    private static JsonObject Gvk(ResourceKind kind) => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Name };

    private static string SchemaName(ResourceKind kind) => $"{(kind.Group.Length == 0 ? "core" : kind.Group)}.{kind.Version}.{kind.Name}";
}
