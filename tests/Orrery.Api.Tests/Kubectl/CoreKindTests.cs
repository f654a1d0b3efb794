using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Tests.Kubectl;

/// <summary>The kinds of the core group with the real program; from 1.32 on it creates them as protobuf.</summary>
public sealed class CoreKindTests
{
    public static TheoryData<string> Programs => KubectlTests.Programs;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Config_maps_secrets_and_namespaces_are_created_by_name(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await File.WriteAllBytesAsync(home.File("binary"), [0, 255, 1], Ct);

        Assert.Equal("namespace/team created\n", await kubectl.SucceedsAsync("create", "namespace", "team"));
        Assert.Equal("configmap/settings created\n", await kubectl.SucceedsAsync("create", "configmap", "settings", "-n", "team", "--from-literal=a=ä", "--from-file=binary"));
        Assert.Equal("secret/token created\n", await kubectl.SucceedsAsync("create", "secret", "generic", "token", "-n", "team", "--from-literal=a=b"));

        var map = (await api.Store.GetAsync<ConfigMap>("team", "settings", Ct))!;
        Assert.Equal(("ä", "AP8B"), (map.Data!["a"], map.BinaryData!["binary"]));
        var secret = (await api.Store.GetAsync<Secret>("team", "token", Ct))!;
        Assert.Equal(("Opaque", "Yg=="), (secret.Type, secret.Data!["a"]));
        Assert.Matches(@"^NAME +DATA +AGE\nsettings +2 +\d+s\n$", await kubectl.SucceedsAsync("get", "cm", "-n", "team"));
        Assert.Matches(@"^NAME +TYPE +DATA +AGE\ntoken +Opaque +1 +\d+s\n$", await kubectl.SucceedsAsync("get", "secrets", "-n", "team"));
        Assert.Matches(@"(?m)^team +Active +\d+s$", await kubectl.SucceedsAsync("get", "ns"));
        string described = await kubectl.SucceedsAsync("describe", "configmap", "settings", "-n", "team");
        Assert.Contains("ä", described, StringComparison.Ordinal);
        await kubectl.SucceedsAsync("delete", "ns", "team");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Pods_are_listed_described_and_deleted(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        (await api.Store.CreateAsync(Document.From(SamplePod.Ready()), Ct)).Stored();

        Assert.Matches(@"^NAME +READY +STATUS +RESTARTS +AGE\nstories-engine-0 +1/1 +Running +0 +\d+s\n$", await kubectl.SucceedsAsync("get", "pods"));
        Assert.Matches(@"NODE .*\nstories-engine-0 .* box ", await kubectl.SucceedsAsync("get", "po", "-o", "wide"));
        Assert.Contains("pod/stories-engine-0", await kubectl.SucceedsAsync("get", "all"), StringComparison.Ordinal);
        string described = await kubectl.SucceedsAsync("describe", "pod", "stories-engine-0");
        Assert.Matches(@"(?s)Node: +box/.*Status: +Running.*engine:.*State: +Running.*Ready: +True", described);
        await kubectl.SucceedsAsync("wait", "pod/stories-engine-0", "--for=condition=Ready", "--timeout=30s");
        await kubectl.SucceedsAsync("delete", "pod", "stories-engine-0");

        Assert.Empty((await api.Store.ListAsync(Pod.Kind, null, Ct)).Items);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Logs_of_one_pod_and_of_all_that_a_label_selects(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        (await api.Store.CreateAsync(Document.From(SamplePod.Ready()), Ct)).Stored();
        api.Workloads.Written.AddRange([Line("loading"), Line("ready")]);

        Assert.Equal("loading\nready\n", await kubectl.SucceedsAsync("logs", "stories-engine-0"));
        Assert.Equal("ready\n", await kubectl.SucceedsAsync("logs", "stories-engine-0", "-c", "engine", "--tail=1"));
        Assert.Equal("1970-01-01T00:00:00.000000000Z ready\n", await kubectl.SucceedsAsync("logs", "stories-engine-0", "--timestamps", "--tail=1", "--since=1h"));
        Assert.Equal("[pod/stories-engine-0/engine] ready\n", await kubectl.SucceedsAsync("logs", "-l", "orrery.dev/inferenceservice=stories", "--prefix", "--tail=1"));
        Assert.Contains("previous terminated container", (await kubectl.RunAsync("logs", "stories-engine-0", "-p")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_node_is_listed_and_described(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        var node = (await api.Store.CreateAsync(Document.From(new Node { Metadata = new Metadata { Name = "box" } }), Ct)).Stored();
        var status = new NodeStatus
        {
            Capacity = new Dictionary<string, string> { ["cpu"] = "8", ["memory"] = "16777216Ki", ["nvidia.com/gpu"] = "2" },
            Allocatable = new Dictionary<string, string> { ["cpu"] = "1500m", ["memory"] = "8388608Ki", ["nvidia.com/gpu"] = "2" },
            Conditions = [new NodeCondition { Type = "Ready", Status = "True", Reason = "OrreryReady" }],
            NodeInfo = new NodeSystemInfo { KubeletVersion = "v0.1.0", KernelVersion = "6.1.0", OperatingSystem = "linux", Architecture = "amd64" },
        };
        (await api.Store.UpdateStatusAsync(node.WithStatus(status, ResourceJson.Default.NodeStatus), Ct)).Stored();

        Assert.Matches(@"^NAME +STATUS +ROLES +AGE +VERSION\nbox +Ready +<none> +\d+s +v0.1.0\n$", await kubectl.SucceedsAsync("get", "nodes"));
        Assert.Contains("6.1.0", await kubectl.SucceedsAsync("get", "no", "-o", "wide"), StringComparison.Ordinal);
        Assert.Matches(@"(?s)Capacity:.*nvidia.com/gpu: +2.*Allocatable:.*cpu: +1500m", await kubectl.SucceedsAsync("describe", "node", "box"));
    }

    private static LogLine Line(string text) => new("stories-engine-0", DateTimeOffset.UnixEpoch, IsError: false, text);
}
