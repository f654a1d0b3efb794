using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Tests.Metrics;

public sealed class MetricsEndpointsTests
{
    private const string Root = "/apis/metrics.k8s.io/v1beta1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pods_use_is_that_of_its_replica()
    {
        await using var api = await StartAsync();

        var (code, list) = await api.SendAsync("GET", $"{Root}/namespaces/default/pods");
        var (_, one) = await api.SendAsync("GET", $"{Root}/namespaces/default/pods/stories-engine-0");

        Assert.Equal((200, "PodMetricsList"), (code, (string?)list["kind"]));
        var item = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal(("PodMetrics", "default", "stories"), ((string?)item["kind"], (string?)item["metadata"]!["namespace"], (string?)item["metadata"]!["labels"]!["orrery.dev/inferenceservice"]));
        Assert.Equal(("engine", "2048Ki"), ((string?)one["containers"]![0]!["name"], (string?)one["containers"]![0]!["usage"]!["memory"]));
        Assert.Matches(@"^\d+n$", (string?)one["containers"]![0]!["usage"]!["cpu"]);
        Assert.Matches(@"^\d+(\.\d+)?s$", (string?)one["window"]);
        Assert.Matches("^20..-..-..T..:..:..Z$", (string?)one["timestamp"]);
    }

    [Fact]
    public async Task A_nodes_use_is_the_machines_and_other_nodes_have_none()
    {
        await using var api = await StartAsync();

        var (_, list) = await api.SendAsync("GET", $"{Root}/nodes");

        var item = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal(("box", "8388608Ki"), ((string?)item["metadata"]!["name"], (string?)item["usage"]!["memory"]));
    }

    [Theory]
    [InlineData("pods", 1)]
    [InlineData("pods?labelSelector=orrery.dev/inferenceservice%3Dstories", 1)]
    [InlineData("pods?labelSelector=orrery.dev/inferenceservice%3Dother", 0)]
    [InlineData("namespaces/other/pods", 0)]
    [InlineData("pods?fieldSelector=metadata.name%3Dstories-engine-0", 1)]
    public async Task Lists_are_chosen_from(string path, int count)
    {
        await using var api = await StartAsync();

        Assert.Equal(count, (await api.SendAsync("GET", $"{Root}/{path}")).Body["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task They_are_printed_as_tables_too()
    {
        await using var api = await StartAsync();

        var (_, table) = await api.SendAsync("GET", $"{Root}/pods", accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");

        Assert.Equal("stories-engine-0", (string?)Assert.Single(table["rows"]!.AsArray())!["cells"]![0]);
    }

    [Theory]
    [InlineData("namespaces/default/pods/waiting", 404, "\"waiting\" not found")]
    [InlineData("namespaces/default/pods/absent", 404, "\"absent\" not found")]
    [InlineData("nodes/elsewhere", 404, "\"elsewhere\" not found")]
    [InlineData("pods?labelSelector=a%3D%3D%3Db", 400, "labelSelector")]
    [InlineData("pods?watch=true", 405, "cannot be watched")]
    public async Task What_cannot_be_told_is_refused(string path, int code, string why)
    {
        await using var api = await StartAsync();

        var (actual, status) = await api.SendAsync("GET", $"{Root}/{path}");

        Assert.Equal(code, actual);
        Assert.Contains(why, (string?)status["message"], StringComparison.Ordinal);
    }

    internal static async Task<TestApi> StartAsync()
    {
        var api = await TestApi.StartAsync();
        foreach (var pod in (Pod[])[SamplePod.Ready(), SamplePod.Ready() with { Metadata = new Metadata { Name = "waiting", Namespace = "default" } }])
            (await api.Store.CreateAsync(Document.From(pod), Ct)).Stored();
        foreach (string name in (string[])["box", "elsewhere"])
        {
            var node = (await api.Store.CreateAsync(Document.From(new Node { Metadata = new Metadata { Name = name } }), Ct)).Stored();
            var status = new NodeStatus
            {
                Capacity = new Dictionary<string, string> { ["cpu"] = "4", ["memory"] = "16777216Ki" },
                Allocatable = new Dictionary<string, string> { ["cpu"] = "4", ["memory"] = "16777216Ki" },
            };
            (await api.Store.UpdateStatusAsync(node.WithStatus(status, ResourceJson.Default.NodeStatus), Ct)).Stored();
        }
        api.Workloads.Uses.AddRange([[Use(1)], [Use(2)]]);
        return api;
    }

    private static ReplicaUsage Use(double seconds) => new(new WorkloadKey("default", "stories-engine"), "stories-engine-0", 2 << 20, TimeSpan.FromSeconds(seconds));
}
