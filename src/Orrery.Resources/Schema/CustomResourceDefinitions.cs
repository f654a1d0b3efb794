using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Resources.Standard;

namespace Orrery.Resources.Schema;

/// <summary>
/// A kind as Kubernetes' apiextensions.k8s.io/v1 CustomResourceDefinition. Pure: the same kind always gives the same document, so a cluster
/// refuses what we refuse.
/// </summary>
public static class CustomResourceDefinitions
{
    /// <summary>Of every kind that is Orrery's own.</summary>
    public static IEnumerable<JsonObject> All => Kinds.All.Where(k => k.Group == Kinds.Group).Select(Of);

    /// <summary>What is applied to a cluster.</summary>
    public static JsonObject Of(ResourceKind kind) => new()
    {
        ["apiVersion"] = CustomResourceDefinition.Kind.ApiVersion,
        ["kind"] = CustomResourceDefinition.Kind.Name,
        ["metadata"] = new JsonObject { ["name"] = kind.QualifiedPlural },
        ["spec"] = new JsonObject
        {
            ["group"] = kind.Group,
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["names"] = Names(kind),
            ["versions"] = new JsonArray(Version(kind)),
        },
    };

    /// <summary>The same as a server shows it that serves the kind: with an identity and conditions.</summary>
    public static JsonObject Served(ResourceKind kind, DateTimeOffset since)
    {
        string time = KubernetesTimeConverter.Text(since);
        var json = Of(kind);
        var metadata = json["metadata"]!.AsObject();
        metadata["uid"] = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(kind.QualifiedPlural)).AsSpan(0, 16)).ToString();
        metadata["resourceVersion"] = "1";
        metadata["generation"] = 1;
        metadata["creationTimestamp"] = time;
        json["spec"]!["conversion"] = new JsonObject { ["strategy"] = "None" };
        json["status"] = new JsonObject
        {
            ["acceptedNames"] = Names(kind),
            ["storedVersions"] = new JsonArray(kind.Version),
            ["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found", time),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", time)),
        };
        return json;
    }

    private static JsonObject Names(ResourceKind kind)
    {
        var names = new JsonObject { ["kind"] = kind.Name, ["listKind"] = $"{kind.Name}List", ["plural"] = kind.Plural, ["singular"] = kind.Singular };
        if (kind.ShortNames.Count > 0)
            names["shortNames"] = Texts(kind.ShortNames);
        if (kind.Categories.Count > 0)
            names["categories"] = Texts(kind.Categories);
        return names;
    }

    private static JsonObject Version(ResourceKind kind)
    {
        var version = new JsonObject
        {
            ["name"] = kind.Version,
            ["served"] = true,
            ["storage"] = true,
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = Schema(kind) },
            ["additionalPrinterColumns"] = new JsonArray(
                [.. kind.Columns.Append(new("Age", "date", ".metadata.creationTimestamp", "Time since the object was created.")).Select(Column)]),
        };
        var subresources = new JsonObject();
        if (kind.HasStatus)
            subresources["status"] = new JsonObject();
        if (kind.Scale is { } scale)
            subresources["scale"] = new JsonObject { ["specReplicasPath"] = scale.SpecReplicas, ["statusReplicasPath"] = scale.StatusReplicas };
        if (subresources.Count > 0)
            version["subresources"] = subresources;
        return version;
    }

    // A server knows metadata itself and allows no more of it than its type.
    private static JsonObject Schema(ResourceKind kind)
    {
        var schema = SchemaJson.Of(kind.Schema);
        schema["properties"]!["metadata"] = new JsonObject { ["type"] = "object" };
        return schema;
    }

    private static JsonObject Column(PrinterColumn column)
    {
        var json = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.Path, ["description"] = column.Description };
        if (column.Priority > 0)
            json["priority"] = column.Priority;
        return json;
    }

    private static JsonObject Condition(string type, string reason, string message, string time) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["reason"] = reason,
        ["message"] = message,
        ["lastTransitionTime"] = time,
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);
}
