using System.Text.Json.Nodes;
using Orrery.Resources;

namespace Orrery.Api.Discovery;

/// <summary>All groups with all their kinds in one answer, as kubectl from 1.27 asks for: <c>APIGroupDiscoveryList</c>.</summary>
internal static class AggregatedDiscovery
{
    /// <summary>Versions of the document's own format, the newest first. Those two say the same here.</summary>
    public static IReadOnlyList<string> Versions { get; } = ["v2", "v2beta1"];

    public static string ContentType(string version) => $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList";

    /// <param name="core">True: the group without a name, at <c>/api</c>. False: all others, at <c>/apis</c>.</param>
    public static JsonObject Document(string version, bool core) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. Kinds.All.Where(k => (k.Group.Length == 0) == core).GroupBy(k => k.Group).Select(Group), .. core ? [] : AnsweredKind.All.GroupBy(k => k.Group).Select(Group)]),
    };

    private static JsonObject Group(IGrouping<string, ResourceKind> group) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = group.Key, ["creationTimestamp"] = null },
        ["versions"] = new JsonArray([.. group.GroupBy(k => k.Version).Select(version => new JsonObject
        {
            ["version"] = version.Key,
            ["resources"] = new JsonArray([.. version.Select(Resource)]),
            ["freshness"] = "Current",
        })]),
    };

    private static JsonObject Group(IGrouping<string, AnsweredKind> group) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = group.Key, ["creationTimestamp"] = null },
        ["versions"] = new JsonArray([.. group.GroupBy(k => k.Version).Select(version => new JsonObject
        {
            ["version"] = version.Key,
            ["resources"] = new JsonArray([.. version.GroupBy(k => k.Resource).Select(Resource)]),
            ["freshness"] = "Current",
        })]),
    };

    private static JsonObject Resource(IGrouping<string, AnsweredKind> kinds)
    {
        var first = kinds.First();
        var itself = kinds.FirstOrDefault(k => k.Subresource is null);
        var json = new JsonObject
        {
            ["resource"] = kinds.Key,
            // Clients read an empty kind as: only its subresources are there. Some fail where there is none.
            ["responseKind"] = itself is null ? ResponseKind("", "", "") : ResponseKind(itself.Group, itself.Version, itself.Name),
            ["scope"] = first.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = itself?.Singular ?? "",
            ["verbs"] = DiscoveryDocuments.Array([.. itself?.Verbs ?? []]),
        };
        if (kinds.Any(k => k.Subresource is not null))
        {
            json["subresources"] = new JsonArray([.. kinds.Where(k => k.Subresource is not null).Select(k => new JsonObject
            {
                ["subresource"] = k.Subresource,
                ["responseKind"] = ResponseKind(k.Group, k.Version, k.Name),
                ["verbs"] = DiscoveryDocuments.Array([.. k.Verbs]),
            })]);
        }
        return json;
    }

    private static JsonObject Resource(ResourceKind kind)
    {
        var json = new JsonObject
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = ResponseKind(kind.Group, kind.Version, kind.Name),
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = kind.Singular,
            ["verbs"] = DiscoveryDocuments.Array([.. DiscoveryDocuments.VerbsOf(kind)]),
        };
        if (kind.ShortNames.Count > 0)
            json["shortNames"] = DiscoveryDocuments.Array([.. kind.ShortNames]);
        if (kind.Categories.Count > 0)
            json["categories"] = DiscoveryDocuments.Array([.. kind.Categories]);
        var subresources = Subresource.Of(kind);
        if (subresources.Count > 0)
        {
            json["subresources"] = new JsonArray([.. subresources.Select(s => new JsonObject
            {
                ["subresource"] = s.Name,
                ["responseKind"] = ResponseKind(s.Group, s.Version, s.Kind),
                ["verbs"] = DiscoveryDocuments.Array([.. s.Verbs]),
            })]);
        }
        return json;
    }

    private static JsonObject ResponseKind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };
}
