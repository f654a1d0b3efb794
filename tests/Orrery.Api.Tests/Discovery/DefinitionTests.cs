using System.Text.Json.Nodes;
using Orrery.Api.Tests.Kubectl;
using Orrery.Api.Tests.Watching;
using Orrery.Resources;

namespace Orrery.Api.Tests.Discovery;

/// <summary>Our kinds as CustomResourceDefinitions, to be read and never written.</summary>
public sealed class DefinitionTests
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    public static TheoryData<string> Programs => ["kubectl.1.33", "kubectl.1.27", "kubectl"];

    private static IEnumerable<string> Names => Kinds.All.Where(k => k.Group == Kinds.Group).Select(k => k.QualifiedPlural).Order(StringComparer.Ordinal);

    [Fact]
    public async Task Each_of_our_kinds_has_one_that_is_established()
    {
        await using var api = await TestApi.StartAsync();

        var (code, list) = await api.SendAsync("GET", Definitions);
        var (_, one) = await api.SendAsync("GET", $"{Definitions}/inferenceservices.orrery.dev");

        Assert.Equal(200, code);
        Assert.Equal(Names, list["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!));
        Assert.Equal("Established", (string?)one["status"]!["conditions"]![1]!["type"]);
        var version = one["spec"]!["versions"]![0]!;
        Assert.Equal("integer", (string?)version["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["engine"]!["properties"]!["minReplicas"]!["type"]);
        Assert.Equal(".spec.engine.minReplicas", (string?)version["subresources"]!["scale"]!["specReplicasPath"]);
    }

    [Fact]
    public async Task A_watch_gives_all_and_then_bookmarks()
    {
        await using var api = await TestApi.StartAsync(o => o with { BookmarkPeriod = TimeSpan.FromMilliseconds(50) });
        var (_, list) = await api.SendAsync("GET", Definitions);
        string version = (string)list["metadata"]!["resourceVersion"]!;

        using (var all = await WatchStream.OpenAsync(api, "", collection: Definitions))
        {
            foreach (string name in Names)
                Assert.Equal($"ADDED {name}", await all.NextAsync());
        }
        using var resumed = await WatchStream.OpenAsync(api, $"allowWatchBookmarks=true&resourceVersion={version}", collection: Definitions);

        Assert.Equal("BOOKMARK", (string?)(await resumed.NextJsonAsync())!["type"]);
    }

    [Theory]
    [InlineData("POST", Definitions)]
    [InlineData("DELETE", Definitions)]
    [InlineData("PUT", Definitions + "/inferenceservices.orrery.dev")]
    [InlineData("PATCH", Definitions + "/inferenceservices.orrery.dev")]
    [InlineData("DELETE", Definitions + "/inferenceservices.orrery.dev")]
    public async Task A_write_is_refused_with_the_reason(string method, string path)
    {
        await using var api = await TestApi.StartAsync();

        var (code, body) = await api.SendAsync(method, path, "{}");

        Assert.Equal((405, "MethodNotAllowed"), (code, (string?)body["reason"]));
        Assert.Contains("cannot be written", (string?)body["message"]);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Kubectl_gets_waits_for_and_explains_them(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = await KubectlProgram.FindAsync(program, home, api, minor: 27);

        string table = await kubectl.SucceedsAsync("get", "crd");
        string yaml = await kubectl.SucceedsAsync("get", "crd", "inferenceservices.orrery.dev", "-o", "yaml");
        string waited = await kubectl.SucceedsAsync("wait", "--for=condition=Established", "crd/notebooks.orrery.dev", "--timeout=30s");
        string explained = await kubectl.SucceedsAsync("explain", "benchmarkjob.spec.maxTimePerIteration");

        Assert.Matches(@"notebooks\.orrery\.dev +\d+s", table);
        Assert.Contains("openAPIV3Schema", yaml, StringComparison.Ordinal);
        Assert.Contains("condition met", waited, StringComparison.Ordinal);
        Assert.Contains("in minutes", explained, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_are_described_with_their_limits()
    {
        await using var api = await TestApi.StartAsync();

        var (_, document) = await api.SendAsync("GET", "/openapi/v3/apis/orrery.dev/v1alpha1");

        var engine = document["components"]!["schemas"]!["orrery.dev.v1alpha1.InferenceService"]!["properties"]!["spec"]!["properties"]!["engine"]!;
        JsonNode replicas = engine["properties"]!["minReplicas"]!;
        Assert.Equal("Replicas that always run. 0: none while there is no demand. Default 1.", (string?)replicas["description"]);
        Assert.Equal((0, 1000, "int32"), ((int)replicas["minimum"]!, (int)replicas["maximum"]!, (string?)replicas["format"]));
    }
}
