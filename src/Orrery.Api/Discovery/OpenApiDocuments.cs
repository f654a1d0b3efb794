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
    /// <param name="hashes">Of the document at each path, as <c>apis/orrery.dev/v1alpha1</c>: clients keep what they know by its hash.</param>
    public static JsonObject Index(IEnumerable<(string Path, string Hash)> hashes)
    {
        var paths = new JsonObject();
        foreach (var (path, hash) in hashes)
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash}" };
        return new JsonObject { ["paths"] = paths };
    }

    public static JsonObject For(string group, string version, string product)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var kind in Kinds.All.Where(k => k.Group == group && k.Version == version))
        {
            var schema = SchemaOf(kind);
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

    /// <summary>Of the query of a write, as kubectl looks for them.</summary>
    public static IReadOnlyList<string> WriteParameters { get; } = ["dryRun", "fieldValidation"];

    private static readonly string[] ObjectTypes = ["application/json", "application/yaml"];

    private static JsonObject Parameter(string name, string type, string description) => new()
    {
        ["name"] = name,
        ["in"] = "query",
        ["schema"] = new JsonObject { ["type"] = type },
        ["description"] = description,
    };

    private static JsonObject Operation(ResourceKind kind, string action, string[] types)
    {
        var content = new JsonObject();
        foreach (string type in types)
            content[type] = new JsonObject { ["schema"] = Reference(kind) };
        return new JsonObject
        {
            ["parameters"] = new JsonArray(
                Parameter("dryRun", "string", "All: everything is decided and answered, and nothing changes."),
                Parameter("fieldManager", "string", "Who writes, in metadata.managedFields. Default: the client's name."),
                Parameter("fieldValidation", "string", "What happens to unknown fields: Strict refuses, Warn warns (default), Ignore keeps them."),
                Parameter("force", "boolean", "Of an apply: takes fields from other managers.")),
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

    public static JsonObject SchemaOf(ResourceKind kind) => SchemaJson.Of(kind.Schema);

    /// <summary><c>orrery.dev.v1alpha1.InferenceService</c></summary>
    public static string SchemaName(ResourceKind kind) => $"{(kind.Group.Length == 0 ? "core" : kind.Group)}.{kind.Version}.{kind.Name}";
}
