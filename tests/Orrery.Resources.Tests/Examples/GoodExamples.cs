using System.Text.Json.Nodes;
using Orrery.Resources.Patches;
using Orrery.Resources.Text;

namespace Orrery.Resources.Tests.Examples;

/// <summary>One valid object of each of our kinds with every field that OME has, from <c>tests/Data/Kinds</c>; OME's group is changed to ours.</summary>
internal static class GoodExamples
{
    private const string OmeVersion = "ome.io/v1beta1";

    public static IEnumerable<ResourceKind> Kinds => Orrery.Resources.Kinds.All.Where(k => k.Group == Orrery.Resources.Kinds.Group);

    /// <summary>As it stands in the file but for its apiVersion.</summary>
    public static JsonObject Of(ResourceKind kind)
    {
        var json = Yaml.ParseAll(File.ReadAllText(Repository.File("tests", "Data", "Kinds", $"{kind.Name}.yaml"))).Single();
        Assert.True((string?)json["apiVersion"] == OmeVersion || (string?)json["apiVersion"] == kind.ApiVersion);
        json["apiVersion"] = kind.ApiVersion;
        if (kind.Namespaced)
            json["metadata"]!["namespace"] = "default";
        return json;
    }

    /// <summary>The good example with a merge patch applied.</summary>
    public static JsonObject With(ResourceKind kind, string patch) => MergePatch.Apply(Of(kind), JsonNode.Parse(patch)!.AsObject());

    public static IReadOnlyList<string> Problems(JsonObject json)
    {
        var document = Document.From(json);
        return document.Kind.Problems(document);
    }
}
