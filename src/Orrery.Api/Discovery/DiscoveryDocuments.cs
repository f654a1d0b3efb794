using System.Text.Json.Nodes;
using Orrery.Resources;

namespace Orrery.Api.Discovery;

/// <summary>How clients learn which kinds there are, built once from <see cref="Kinds"/>.</summary>
internal static class DiscoveryDocuments
{
    private static readonly string[] Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
    private static readonly string[] ReadOnlyVerbs = ["delete", "get", "list", "watch"];
    private static readonly string[] StatusVerbs = ["get", "patch", "update"];

    /// <summary>Group and version of every URL under <c>/apis</c>.</summary>
    public static IReadOnlyList<(string Group, string Version)> GroupVersions { get; }
        = [.. Kinds.All.Where(k => k.Group.Length > 0).Select(k => (k.Group, k.Version)).Distinct()];

    /// <summary><c>/api</c></summary>
    public static JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["apiVersion"] = "v1",
        ["versions"] = Array("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    /// <summary><c>/apis</c></summary>
    public static JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. GroupVersions.Select(g => g.Group).Distinct().Select(GroupEntry)]),
    };

    /// <summary><c>/apis/{group}</c></summary>
    public static JsonObject Group(string group)
    {
        var json = new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" };
        foreach (var (name, value) in GroupEntry(group))
            json[name] = value?.DeepClone();
        return json;
    }

    /// <summary><c>/api/v1</c> and <c>/apis/{group}/{version}</c></summary>
    public static JsonObject Resources(string group, string version) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
        ["resources"] = new JsonArray([.. Kinds.All.Where(k => k.Group == group && k.Version == version).SelectMany(Entries)]),
    };

    /// <summary><c>/version</c>: the Kubernetes version whose REST shape this follows, and that it is Orrery.</summary>
    public static JsonObject Version(string product) => new()
    {
        ["major"] = "1",
        ["minor"] = "33",
        ["gitVersion"] = $"v1.33.0+orrery-{product}",
        ["platform"] = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier.Replace('-', '/'),
    };

    private static JsonObject GroupEntry(string group)
    {
        var versions = GroupVersions.Where(g => g.Group == group).Select(g => Version(group, g.Version)).ToArray();
        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions]),
            ["preferredVersion"] = versions[0].DeepClone(),
        };
    }

    private static JsonObject Version(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static IEnumerable<JsonObject> Entries(ResourceKind kind)
    {
        yield return Entry(kind, kind.Plural, kind.ReadOnlyReason is null ? Verbs : ReadOnlyVerbs, itself: true);
        if (kind.HasStatus)
            yield return Entry(kind, $"{kind.Plural}/status", StatusVerbs, itself: false);
    }

    private static JsonObject Entry(ResourceKind kind, string name, string[] verbs, bool itself)
    {
        var json = new JsonObject
        {
            ["name"] = name,
            ["singularName"] = itself ? kind.Singular : "",
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Name,
            ["verbs"] = Array(verbs),
        };
        if (itself && kind.ShortNames.Count > 0)
            json["shortNames"] = Array([.. kind.ShortNames]);
        if (itself && kind.Categories.Count > 0)
            json["categories"] = Array([.. kind.Categories]);
        return json;
    }

    private static JsonArray Array(params string[] texts) => new([.. texts.Select(t => JsonValue.Create(t))]);
}
