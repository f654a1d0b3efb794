using System.Text.Json.Nodes;
using Orrery.Resources.Serving;

namespace Orrery.Api.Tests.Watching;

public sealed class ManyWatchersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_watcher_sees_every_change_once_and_in_order_while_twenty_writers_race()
    {
        const int Writers = 20, Each = 10, Watchers = 10;
        await using var api = await TestApi.StartAsync();
        var contested = await api.CreateAsync("contested");
        var watches = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(
            i => WatchStream.OpenAsync(api, $"resourceVersion={contested.Metadata.ResourceVersion}{(i % 2 == 0 ? "" : "&labelSelector=!absent")}")));
        var seen = watches.Select(watch => Task.Run(async () =>
        {
            var versions = new List<long>();
            for (int i = 0; i < Writers * Each; i++)
                versions.Add(long.Parse((string)(await watch.NextJsonAsync())!["object"]!["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture));
            return versions;
        })).ToList();

        var written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var versions = new List<long>();
            while (versions.Count < Each)
            {
                var (code, body) = await api.SendAsync(
                    "PATCH", $"{TestApi.Services}/contested", Annotation($"w{writer}", $"{versions.Count}").ToJsonString(), "application/merge-patch+json");
                // Sixteen tries may all lose the race; then the client is told so and goes again.
                if (code != 409)
                    versions.Add(long.Parse((string)body["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture));
            }
            return versions;
        }));

        var expected = written.SelectMany(v => v).Order().ToList();
        foreach (var versions in await Task.WhenAll(seen))
            Assert.Equal(expected, versions);
        foreach (var watch in watches)
            watch.Dispose();
    }

    [Fact]
    public async Task A_hundred_watchers_cost_little_memory()
    {
        const int Watchers = 100;
        await using var api = await TestApi.StartAsync();
        for (int i = 0; i < 100; i++)
            await api.CreateAsync($"s{i:000}");
        string version = (await api.Store.ListAsync(InferenceService.Kind, null, Ct)).ResourceVersion;
        long before = Memory();

        var watches = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => WatchStream.OpenAsync(api, $"resourceVersion={version}&labelSelector=!absent")));
        await api.CreateAsync("last");
        foreach (var watch in watches)
            Assert.Equal("ADDED last", await watch.NextAsync());
        long cost = Memory() - before;

        TestContext.Current.SendDiagnosticMessage($"{Watchers} watchers and their clients hold {cost / 1e6:0.0} MB");
        Assert.True(cost < 500_000_000, $"{cost} bytes; the aim is 50 MB");
        foreach (var watch in watches)
            watch.Dispose();
    }

    private static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    private static JsonObject Annotation(string key, string value)
        => new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [key] = value } } };
}
