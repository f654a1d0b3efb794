using System.Text.Json.Nodes;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;

namespace Orrery.Api.Tests.Watching;

public sealed class WatchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_version_it_begins_with_what_is_there()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("first");

        using var watch = await WatchStream.OpenAsync(api, "");
        Assert.Equal("ADDED first", await watch.NextAsync());
        await api.CreateAsync("second");
        Assert.Equal("ADDED second", await watch.NextAsync());
        await api.Store.MergePatchAsync(InferenceService.Kind.Key("default", "first"), Metadata("labels", "a", "b"), false, Ct);
        Assert.Equal("MODIFIED first", await watch.NextAsync());
        await api.Store.DeleteAsync(InferenceService.Kind.Key("default", "first"), Preconditions.None, Ct);
        Assert.Equal("DELETED first", await watch.NextAsync());
    }

    [Fact]
    public async Task It_resumes_after_a_version_and_misses_nothing()
    {
        await using var api = await TestApi.StartAsync();
        var seen = await api.CreateAsync("seen");
        await api.CreateAsync("missed");

        using var watch = await WatchStream.OpenAsync(api, $"resourceVersion={seen.Metadata.ResourceVersion}");

        Assert.Equal("ADDED missed", await watch.NextAsync());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("999999")]
    public async Task A_version_out_of_the_history_is_expired(string version)
    {
        await using var api = await TestApi.StartAsync(history: 2);
        foreach (string name in new[] { "a", "b", "c", "d" })
            await api.CreateAsync(name);

        using var watch = await WatchStream.OpenAsync(api, $"resourceVersion={version}");

        var error = await watch.NextJsonAsync();
        Assert.Equal("ERROR", (string?)error!["type"]);
        Assert.Equal((410, "Expired"), ((int)error["object"]!["code"]!, (string?)error["object"]!["reason"]));
        Assert.Null(await watch.NextJsonAsync());
    }

    [Fact]
    public async Task Each_change_comes_once_and_in_order_while_writers_race()
    {
        const int Writers = 8, Each = 25;
        await using var api = await TestApi.StartAsync();
        string start = (await api.Store.ListAsync(InferenceService.Kind, null, Ct)).ResourceVersion;
        using var watch = await WatchStream.OpenAsync(api, $"resourceVersion={start}");
        await api.CreateAsync("contested");

        var writers = Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (int i = 0; i < Each; i++)
            {
                var (code, body) = await api.SendAsync(
                    "PATCH", $"{TestApi.Services}/contested", Metadata("annotations", $"w{writer}", $"{i}").ToJsonString(), "application/merge-patch+json");
                // Sixteen tries may all lose the race; then the client is told so and goes again.
                if (code == 409)
                    i--;
                else
                    Assert.True(code == 200, body.ToJsonString());
            }
        });
        var all = Task.WhenAll(writers);

        long last = 0;
        var next = new int[Writers];
        for (int change = 0; change < 1 + (Writers * Each); change++)
        {
            var metadata = (await watch.NextJsonAsync())!["object"]!["metadata"]!;
            long version = long.Parse((string)metadata["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(version > last, $"{version} came after {last}");
            last = version;
            int advanced = Enumerable.Range(0, Writers).Count(w => (string?)metadata["annotations"]?[$"w{w}"] == $"{next[w]}" && next[w]++ >= 0);
            Assert.Equal(change == 0 ? 0 : 1, advanced);
        }
        await all;
        Assert.All(next, n => Assert.Equal(Each, n));
    }

    [Fact]
    public async Task A_selected_watch_tells_of_objects_that_enter_and_leave_the_selection()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("in", new Dictionary<string, string> { ["team"] = "blue" });
        await api.CreateAsync("out", new Dictionary<string, string> { ["team"] = "red" });
        string version = (await api.Store.ListAsync(InferenceService.Kind, null, Ct)).ResourceVersion;

        using var watch = await WatchStream.OpenAsync(api, $"labelSelector=team%3Dblue&resourceVersion={version}");
        await LabelAsync(api, "out", "green");
        await LabelAsync(api, "out", "blue");
        Assert.Equal("ADDED out", await watch.NextAsync());
        await LabelAsync(api, "in", "red");
        Assert.Equal("DELETED in", await watch.NextAsync());
        await LabelAsync(api, "in", "blue");
        Assert.Equal("ADDED in", await watch.NextAsync());
    }

    [Fact]
    public async Task One_object_alone_can_be_watched()
    {
        await using var api = await TestApi.StartAsync();
        using var watch = await WatchStream.OpenAsync(api, "fieldSelector=metadata.name%3Dwanted");

        await api.CreateAsync("other");
        await api.CreateAsync("wanted");

        Assert.Equal("ADDED wanted", await watch.NextAsync());
    }

    [Fact]
    public async Task Bookmarks_come_when_allowed()
    {
        await using var api = await TestApi.StartAsync(o => o with { BookmarkPeriod = TimeSpan.FromMilliseconds(20) });
        var first = await api.CreateAsync("first");

        using var watch = await WatchStream.OpenAsync(api, $"resourceVersion={first.Metadata.ResourceVersion}&allowWatchBookmarks=true");

        var bookmark = await watch.NextJsonAsync();
        Assert.Equal("BOOKMARK", (string?)bookmark!["type"]);
        Assert.Equal(first.Metadata.ResourceVersion, (string?)bookmark["object"]!["metadata"]!["resourceVersion"]);
        Assert.Equal("InferenceService", (string?)bookmark["object"]!["kind"]);
    }

    [Fact]
    public async Task A_bookmark_never_goes_back_behind_what_was_told()
    {
        await using var api = await TestApi.StartAsync(o => o with { BookmarkPeriod = TimeSpan.FromMilliseconds(20) });
        var first = await api.CreateAsync("first");
        using var watch = await WatchStream.OpenAsync(api, $"resourceVersion={first.Metadata.ResourceVersion}&allowWatchBookmarks=true");

        var second = await api.CreateAsync("second");
        var change = await watch.NextJsonAsync();
        while ((string?)change!["type"] == "BOOKMARK")
            change = await watch.NextJsonAsync();
        var bookmark = await watch.NextJsonAsync();

        Assert.Equal(("ADDED", "BOOKMARK"), ((string?)change["type"], (string?)bookmark!["type"]));
        Assert.Equal(second.Metadata.ResourceVersion, (string?)bookmark["object"]!["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task It_ends_cleanly_when_its_time_is_over()
    {
        await using var api = await TestApi.StartAsync();

        using var watch = await WatchStream.OpenAsync(api, "timeoutSeconds=1");

        Assert.Null(await watch.NextJsonAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("allowWatchBookmarks=true&resourceVersion=1")]
    public async Task Open_watches_do_not_hold_up_a_stop(string query)
    {
        var api = await TestApi.StartAsync();
        using var watch = await WatchStream.OpenAsync(api, query);

        await api.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Ct);
    }

    [Fact]
    public async Task As_a_table_the_columns_come_once_and_a_row_per_change()
    {
        await using var api = await TestApi.StartAsync();
        using var watch = await WatchStream.OpenAsync(api, "", "application/json;as=Table;v=v1;g=meta.k8s.io");
        await api.CreateAsync("first");
        await api.CreateAsync("second");

        var first = (await watch.NextJsonAsync())!["object"]!;
        var second = (await watch.NextJsonAsync())!["object"]!;

        Assert.Equal("Table", (string?)first["kind"]);
        Assert.Equal(9, first["columnDefinitions"]!.AsArray().Count);
        Assert.Empty(second["columnDefinitions"]!.AsArray());
        Assert.Equal("second", (string?)second["rows"]![0]!["cells"]![0]);
    }

    private static async Task LabelAsync(TestApi api, string name, string team)
        => (await api.Store.MergePatchAsync(InferenceService.Kind.Key("default", name), Metadata("labels", "team", team), false, Ct)).Stored();

    private static JsonObject Metadata(string map, string key, string value)
        => new() { ["metadata"] = new JsonObject { [map] = new JsonObject { [key] = value } } };
}
