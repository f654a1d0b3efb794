using System.Collections.Concurrent;
using Orrery.Resources;
using Orrery.Resources.Schema;

namespace Orrery.Api.Tests.Ring;

/// <summary>Our server and the real one, with the same kinds and namespaces, for all scenarios.</summary>
public sealed class RingFixture : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Task<IReadOnlyList<Difference>>> _ran = new();
    private readonly Lazy<Task> _started;
    private RealKubernetes? _kubernetes;
    private TestApi? _api;

    public RingFixture() => _started = new(StartAsync);

    // Where the real server cannot be had, a test skips itself; a fixture could only fail.
    private async Task StartAsync()
    {
        _kubernetes = await RealKubernetes.StartAsync(extensions: false);
        _api = await TestApi.StartAsync();
        await Task.WhenAll(CustomResourceDefinitions.All.Select(DefineAsync));
        foreach (string name in Scenario.Names)
        {
            var ask = new Ask(name, "POST", "/api/v1/namespaces", [], $$$"""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ring-{{{name}}}"}}""");
            Assert.Equal(201, (await Ours.SendAsync(ask)).Code);
            Assert.Equal(201, (await Theirs.SendAsync(ask)).Code);
        }
    }

    /// <summary>Every field in which the two answer a scenario differently. Asked once.</summary>
    internal async Task<IReadOnlyList<Difference>> DifferencesAsync(string scenario)
    {
        await _started.Value;
        return await _ran.GetOrAdd(scenario, RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();
        if (_kubernetes is not null)
            await _kubernetes.DisposeAsync();
    }

    private RingServer Ours => new(_api!.Client, _api.Server.Address);

    private RingServer Theirs => new(_kubernetes!.Client, _kubernetes.Core);

    private async Task<IReadOnlyList<Difference>> RunAsync(string name)
    {
        var scenario = Scenario.Read(name);
        var both = await Task.WhenAll(Ours.RunAsync(scenario), Theirs.RunAsync(scenario));
        CommonForm ours = new(), theirs = new();
        return [.. both[0].Zip(both[1]).SelectMany(pair =>
            Difference.Between($"{name}/{pair.First.Ask.Step}", ours.Of(pair.First.Answer), theirs.Of(pair.Second.Answer)))];
    }

    private async Task DefineAsync(System.Text.Json.Nodes.JsonObject definition)
    {
        var (code, body) = await _kubernetes!.SendAsync(_kubernetes.Core, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
        Assert.True(code == 201, body.ToJsonString());
        string group = $"/apis/{Kinds.Group}/{Kinds.Version}", plural = definition["spec"]!["names"]!["plural"]!.ToString();
        await Eventually.SeesAsync(async () => (await _kubernetes.SendAsync(_kubernetes.Core, "GET", $"{group}/{plural}")).Code == 200 ? "served" : null, () => plural, Bound);
        // What the server says it has follows a moment after what it has.
        await Eventually.SeesAsync(
            async () => (await _kubernetes.SendAsync(_kubernetes.Core, "GET", group)).Body["resources"] is System.Text.Json.Nodes.JsonArray list && list.Any(r => $"{r!["name"]}" == plural) ? "told" : null,
            () => $"{plural} in {group}", Bound);
    }
}
