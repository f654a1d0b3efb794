using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Local.Home;
using Orrery.Local.Machine;
using Orrery.Resources;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Local.Tests.Machine;

public sealed class NodeWriterTests : IAsyncLifetime
{
    private static readonly MachineFacts Machine = new(
        "Box", new CpuFacts("AMD EPYC 9654", 8, ["AVX2"]), 8, 1500, 16L << 30, 8L << 30, 1L << 40,
        new SystemFacts("amd64", "6.1.0", "Debian", "m", "b"), "10.0.0.7",
        [new("NVIDIA", "nvidia.com/gpu", "NVIDIA H200", 141L << 30, "a"), new("NVIDIA", "nvidia.com/gpu", "NVIDIA H200", 140L << 30, "b")]);

    private readonly TempFolder _folder = new();
    private readonly ResourceStore _store = new(new MemoryChangeLog(), TimeProvider.System);
    private readonly ManualTime _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_node_says_what_the_machine_has_and_what_of_it_may_be_used()
    {
        await Writer().WriteAsync(Machine, Ct);

        var node = (await _store.GetAsync<Node>("", "box", Ct))!;
        Assert.Equal(("8", "16777216Ki", "2", "1073741824Ki"), Of(node.Status!.Capacity!));
        Assert.Equal(("1500m", "8388608Ki", "2", "1073741824Ki"), Of(node.Status.Allocatable!));
        Assert.Equal(
            ("box", "amd64", "linux", "true", "AMD-EPYC-9654", "NVIDIA-H200", "2", "143360"),
            (Label(node, "kubernetes.io/hostname"), Label(node, "kubernetes.io/arch"), Label(node, "kubernetes.io/os"), Label(node, "feature.node.kubernetes.io/cpu-cpuid.AVX2"),
                Label(node, "orrery.dev/cpu-model"), Label(node, "orrery.dev/accelerator"), Label(node, "orrery.dev/accelerator-count"), Label(node, "orrery.dev/accelerator-memory")));
        Assert.Equal("True", Assert.Single(node.Status.Conditions!).Status);
        Assert.Equal("10.0.0.7", node.Status.Addresses![0].Address);
    }

    [Fact]
    public async Task A_look_that_finds_nothing_new_writes_nothing()
    {
        await Writer().WriteAsync(Machine, Ct);
        string before = (await _store.ListAsync(Node.Kind, null, Ct)).ResourceVersion;

        _time.Advance(TimeSpan.FromHours(1));
        await Writer().WriteAsync(Machine, Ct);

        Assert.Equal(before, (await _store.ListAsync(Node.Kind, null, Ct)).ResourceVersion);
    }

    [Fact]
    public async Task What_was_taken_out_goes_and_what_people_added_stays()
    {
        await Writer().WriteAsync(Machine, Ct);
        var labels = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["rack"] = "4" } } };
        (await _store.MergePatchAsync(Node.Kind.Key("box"), labels, status: false, Ct)).Stored();

        await Writer().WriteAsync(Machine with { Accelerators = [] }, Ct);

        var node = (await _store.GetAsync<Node>("", "box", Ct))!;
        Assert.False(node.Status!.Capacity!.ContainsKey("nvidia.com/gpu"));
        Assert.DoesNotContain(node.Metadata.Labels!.Keys, k => k.Contains("accelerator", StringComparison.Ordinal) || k.Contains("nvidia", StringComparison.Ordinal));
        Assert.Equal("4", Label(node, "rack"));
    }

    [Fact]
    public async Task A_home_that_moved_to_another_machine_has_one_node()
    {
        await Writer().WriteAsync(Machine, Ct);

        await Writer().WriteAsync(Machine with { Hostname = "other" }, Ct);

        Assert.Equal(["other"], (await _store.ListAsync<Node>(null, Ct)).Select(n => n.Metadata.Name));
    }

    [Fact]
    public async Task The_node_says_which_programs_of_runtimes_are_here_and_what_each_accelerator_is()
    {
        await Writer().WriteAsync(Machine, Ct);
        Assert.Empty(NodeInventory.Programs((await _store.GetAsync<Node>("", "box", Ct))!)!);
        foreach (var (name, command) in new[] { ("a", "sh"), ("b", "no-such-server"), ("c", "orrery") })
            (await _store.CreateAsync(Document.From(new ClusterServingRuntime { Metadata = new Metadata { Name = name }, Spec = new RuntimeSpec { Process = new ProcessSpec { Command = [command, "$(PORT)"] } } }), Ct)).Stored();

        await Writer().WriteAsync(Machine, Ct);

        var node = (await _store.GetAsync<Node>("", "box", Ct))!;
        Assert.Equal([("no-such-server", false), ("sh", true)], NodeInventory.Programs(node)!.OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));
        Assert.Equal([("nvidia", "NVIDIA H200", 141L << 30), ("nvidia", "NVIDIA H200", 140L << 30)], NodeInventory.Accelerators(node)!.Select(a => (a.Vendor, a.Model, a.MemoryBytes!.Value)));
    }

    [Fact]
    public async Task A_runtime_with_a_program_that_nobody_looked_for_makes_the_machine_looked_at_again()
    {
        var writer = Writer();
        await writer.WriteAsync(Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var refreshing = writer.RefreshAsync(stop.Token);

        (await _store.CreateAsync(Document.From(new ClusterServingRuntime { Metadata = new Metadata { Name = "a" }, Spec = new RuntimeSpec { Process = new ProcessSpec { Command = ["no-such-server", "$(PORT)"] } } }), Ct)).Stored();

        await Eventually.SeesAsync(
            async () => NodeInventory.Programs((await _store.GetAsync<Node>("", NodeWriter.NodeName, Ct))!)!.ContainsKey("no-such-server") ? "it was looked for" : null, () => "no look");
        await stop.CancelAsync();
        await refreshing;
    }

    [Theory]
    [InlineData("sh", "/nowhere:/bin", true)]
    [InlineData("sh", "", false)]
    [InlineData("/bin/sh", "", true)]
    [InlineData("passwd", "/etc", false)]
    public void A_program_is_here_when_a_folder_of_the_path_has_it_and_it_may_be_run(string program, string path, bool isHere) => Assert.Equal(isHere, Programs.IsHere(program, path));

    [Fact]
    public async Task This_machine_becomes_a_node()
    {
        await Writer().WriteAsync(Ct);

        var node = (await _store.GetAsync<Node>("", NodeWriter.NodeName, Ct))!;
        Assert.NotEqual("0Ki", node.Status!.Allocatable!["memory"]);
        Assert.Contains(Label(node, "orrery.dev/limits"), (string[])["cgroup-v2", "cgroup-v1", "rlimit"]);
    }

    private static (string, string, string, string) Of(IReadOnlyDictionary<string, string> resources)
        => (resources["cpu"], resources["memory"], resources["nvidia.com/gpu"], resources["ephemeral-storage"]);

    private static string? Label(Node node, string name) => node.Metadata.Labels?.GetValueOrDefault(name);

    private NodeWriter Writer() => new(_store, HomeFolder.Open(_folder.File("home")), _time, NullLogger<NodeWriter>.Instance);
}
