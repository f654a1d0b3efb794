using System.Text.Json.Nodes;

namespace Orrery.Cli.Discovery;

/// <summary>What the discovery answers of a server say. Subresources are left out.</summary>
internal static class DiscoveryDocuments
{
    /// <summary>Of an <c>APIVersions</c> or <c>APIGroupList</c>: the paths to ask next, preferred versions first within each group.</summary>
    public static IEnumerable<string> GroupVersions(JsonObject answer)
    {
        if (answer["groups"] is not JsonArray groups)
            return (answer["versions"] as JsonArray ?? []).Select(v => $"api/{v}");
        return groups.SelectMany(g => Ordered(g!)).Select(v => $"apis/{v}");
    }

    /// <summary>Of an <c>APIResourceList</c>.</summary>
    public static IEnumerable<ApiResource> Resources(JsonObject answer)
    {
        string[] parts = (answer["groupVersion"]?.ToString() ?? "").Split('/', 2);
        var (group, version) = parts.Length == 2 ? (parts[0], parts[1]) : ("", parts[0]);
        var all = (answer["resources"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var names = all.Select(r => Text(r["name"])).ToHashSet();
        return all.Where(r => !Text(r["name"]).Contains('/'))
            .Select(r => new ApiResource(
                group, version, Text(r["name"]), Text(r["singularName"]), Text(r["kind"]), (bool?)r["namespaced"] ?? false, names.Contains($"{r["name"]}/status"),
                Texts(r["shortNames"]), Texts(r["categories"]), Texts(r["verbs"])));
    }

    /// <summary>Of an <c>APIGroupDiscoveryList</c>, in <c>v2</c> or <c>v2beta1</c>: versions stand in the order of preference.</summary>
    public static IEnumerable<ApiResource> Aggregated(JsonObject answer)
        => from item in (answer["items"] as JsonArray ?? []).OfType<JsonObject>()
           from version in (item["versions"] as JsonArray ?? []).OfType<JsonObject>()
           from resource in (version["resources"] as JsonArray ?? []).OfType<JsonObject>()
           // One without a kind is there for its subresources alone.
           where Text(resource["responseKind"]?["kind"]).Length > 0
           select new ApiResource(
               Text(item["metadata"]?["name"]), Text(version["version"]), Text(resource["resource"]), Text(resource["singularResource"]),
               Text(resource["responseKind"]?["kind"]), Text(resource["scope"]) == "Namespaced",
               (resource["subresources"] as JsonArray ?? []).Any(s => Text(s?["subresource"]) == "status"),
               Texts(resource["shortNames"]), Texts(resource["categories"]), Texts(resource["verbs"]));

    private static IEnumerable<string> Ordered(JsonNode group)
    {
        string preferred = Text(group["preferredVersion"]?["groupVersion"]);
        return (group["versions"] as JsonArray ?? []).Select(v => Text(v!["groupVersion"])).OrderByDescending(v => v == preferred);
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";

    private static IReadOnlyList<string> Texts(JsonNode? node) => [.. (node as JsonArray ?? []).Select(Text)];
}
