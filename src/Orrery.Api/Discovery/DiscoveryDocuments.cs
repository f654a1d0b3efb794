using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Standard;

namespace Orrery.Api.Discovery;

/// <summary>How clients learn which kinds there are, built once from <see cref="Kinds"/>.</summary>
internal static class DiscoveryDocuments
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] ReadVerbs = ["get", "list", "watch"];
    private static readonly string[] WritingVerbs = ["create", "patch", "update"];

    /// <summary>All namespaces cannot be deleted at once; what is made elsewhere is not written.</summary>
    public static IEnumerable<string> VerbsOf(ResourceKind kind)
        => kind.ReadOnly ? ReadVerbs : Verbs.Except(kind == Namespace.Kind ? ["deletecollection"] : kind.MadeElsewhere is null ? [] : WritingVerbs);

    /// <summary>Group and version of every URL under <c>/apis</c>.</summary>
    public static IReadOnlyList<(string Group, string Version)> GroupVersions { get; }
        = [.. Kinds.All.Where(k => k.Group.Length > 0).Select(k => (k.Group, k.Version)).Concat(AnsweredKind.All.Select(k => (k.Group, k.Version))).Distinct()];

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
        ["resources"] = new JsonArray(
        [
            .. Kinds.All.Where(k => k.Group == group && k.Version == version).SelectMany(Entries),
            .. AnsweredKind.All.Where(k => k.Group == group && k.Version == version).Select(Entry),
        ]),
    };

    /// <summary><c>/version</c>: the Kubernetes version whose REST shape this follows, and that it is Orrery.</summary>
    public static JsonObject Version(string product) => new()
    {
        ["major"] = "1",
        ["minor"] = "33",
        ["gitVersion"] = $"v1.33.0+orrery-{product}",
        // Client libraries refuse an answer that leaves these out.
        ["gitCommit"] = "",
        ["gitTreeState"] = "",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
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
        var itself = Entry(kind, kind.Plural, kind.Singular, kind.Name, VerbsOf(kind));
        if (kind.ShortNames.Count > 0)
            itself["shortNames"] = Array([.. kind.ShortNames]);
        if (kind.Categories.Count > 0)
            itself["categories"] = Array([.. kind.Categories]);
        yield return itself;
        foreach (var subresource in Subresource.Of(kind))
        {
            var entry = Entry(kind, $"{kind.Plural}/{subresource.Name}", "", subresource.Kind, subresource.Verbs);
            if (subresource.Group != kind.Group)
            {
                entry["group"] = subresource.Group;
                entry["version"] = subresource.Version;
            }
            yield return entry;
        }
    }

    private static JsonObject Entry(AnsweredKind kind) => new()
    {
        ["name"] = kind.Plural,
        ["singularName"] = kind.Singular,
        ["namespaced"] = kind.Namespaced,
        ["kind"] = kind.Name,
        ["verbs"] = Array([.. kind.Verbs]),
    };

    private static JsonObject Entry(ResourceKind kind, string name, string singular, string kindName, IEnumerable<string> verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = singular,
        ["namespaced"] = kind.Namespaced,
        ["kind"] = kindName,
        ["verbs"] = Array([.. verbs]),
    };

    public static JsonArray Array(params string[] texts) => new([.. texts.Select(t => JsonValue.Create(t))]);
}
