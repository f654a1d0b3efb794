using System.Text.Json.Nodes;
using Orrery.Resources.Schema;
using Orrery.Resources.Tests.Examples;

namespace Orrery.Resources.Tests.Schema;

/// <summary>Kubernetes' own servers take our definitions, and take and refuse the same objects as we do.</summary>
public sealed class RealServerTests
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Definitions_are_established_good_objects_taken_and_bad_ones_refused(bool cel)
    {
        await using var kubernetes = await RealKubernetes.StartAsync();
        var server = cel ? kubernetes.Extensions : kubernetes.Core;
        var wrong = new List<string>();
        foreach (var definition in CustomResourceDefinitions.All)
        {
            var (code, body) = await kubernetes.SendAsync(server, "POST", Definitions, definition);
            if (code != 201)
                wrong.Add($"{definition["metadata"]!["name"]}: {code} {body["message"]}");
        }
        Assert.Empty(wrong);
        foreach (var kind in GoodExamples.Kinds)
            await EstablishedAsync(kubernetes, server, kind);

        foreach (var kind in GoodExamples.Kinds)
        {
            var (code, body) = await CreateAsync(kubernetes, server, kind, GoodExamples.Of(kind), "good");
            var kept = GoodExamples.Of(kind);
            kind.Defaults(kept);
            if (code != 201)
                wrong.Add($"{kind.Name}: {code} {body["message"]}");
            else if (!JsonNode.DeepEquals(kept["spec"], body["spec"]))
                wrong.Add($"{kind.Name}: became {body["spec"]!.ToJsonString()}");
        }
        foreach (var (name, patch, path, by) in BadExamples.All.Select(row => row.Data))
        {
            if (by == KnownBy.Us || (by == KnownBy.Cel && !cel))
                continue;
            var (code, body) = await CreateAsync(kubernetes, server, BadExamples.Kind(name), GoodExamples.With(BadExamples.Kind(name), patch), null);
            if (code is not (422 or 400))
                wrong.Add($"{name} {patch}: {path} was not refused: {code} {body["message"]}");
        }

        Assert.Empty(wrong);
    }

    private static async Task EstablishedAsync(RealKubernetes kubernetes, Uri server, ResourceKind kind)
    {
        string last = "";
        await Eventually.SeesAsync(
            async () =>
            {
                var (_, body) = await kubernetes.SendAsync(server, "GET", $"{Definitions}/{kind.QualifiedPlural}");
                last = body["status"]?.ToJsonString() ?? "";
                bool broken = body["status"]?["conditions"]?.AsArray().Any(c => (string?)c!["type"] == "NonStructuralSchema") == true;
                Assert.False(broken, last);
                bool there = body["status"]?["conditions"]?.AsArray().Any(c => (string?)c!["type"] == "Established" && (string?)c["status"] == "True") == true;
                return there && (await kubernetes.SendAsync(server, "GET", $"/apis/{kind.ApiVersion}/{kind.Plural}")).Code == 200 ? "yes" : null;
            },
            () => $"{kind}: {last}");
    }

    private static Task<(int Code, JsonObject Body)> CreateAsync(RealKubernetes kubernetes, Uri server, ResourceKind kind, JsonObject json, string? name)
    {
        if (name is not null)
            json["metadata"]!["name"] = name;
        string ns = kind.Namespaced ? "namespaces/default/" : "";
        return kubernetes.SendAsync(server, "POST", $"/apis/{kind.ApiVersion}/{ns}{kind.Plural}", json);
    }
}
