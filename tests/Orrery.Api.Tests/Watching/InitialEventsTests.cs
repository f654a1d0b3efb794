using Orrery.Resources.Serving;

namespace Orrery.Api.Tests.Watching;

/// <summary>A watch that is also the list: what newer informers use.</summary>
public sealed class InitialEventsTests
{
    private const string Streaming = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_state_comes_first_and_a_bookmark_marks_its_end()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("a");
        await api.CreateAsync("b");
        string version = (await api.Store.ListAsync(InferenceService.Kind, "default", Ct)).ResourceVersion;

        using var watch = await WatchStream.OpenAsync(api, Streaming);

        Assert.Equal("ADDED a", await watch.NextAsync());
        Assert.Equal("ADDED b", await watch.NextAsync());
        var mark = (await watch.NextJsonAsync())!;
        Assert.Equal(("BOOKMARK", version), ((string?)mark["type"], (string?)mark["object"]!["metadata"]!["resourceVersion"]));
        Assert.Equal("true", (string?)mark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
        await api.CreateAsync("c");
        Assert.Equal("ADDED c", await watch.NextAsync());
    }

    [Fact]
    public async Task An_empty_state_ends_at_once()
    {
        await using var api = await TestApi.StartAsync();

        using var watch = await WatchStream.OpenAsync(api, Streaming);

        Assert.Equal("BOOKMARK", (string?)(await watch.NextJsonAsync())!["type"]);
    }

    [Fact]
    public async Task Without_initial_events_only_what_changes_is_told()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("a");

        using var watch = await WatchStream.OpenAsync(api, "sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
        await api.CreateAsync("b");

        Assert.Equal("ADDED b", await watch.NextAsync());
    }

    [Theory]
    [InlineData("sendInitialEvents=true", 422)]
    [InlineData("sendInitialEvents=true&resourceVersionMatch=Exact", 422)]
    [InlineData("sendInitialEvents=maybe&resourceVersionMatch=NotOlderThan", 400)]
    [InlineData("resourceVersionMatch=NotOlderThan&resourceVersion=1", 422)]
    [InlineData("resourceVersion=tomorrow", 400)]
    [InlineData("resourceVersion=-1", 400)]
    [InlineData("sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=999999", 504)]
    [InlineData("timeoutSeconds=-1", 400)]
    [InlineData("timeoutSeconds=1.5", 400)]
    public async Task Options_of_a_watch_are_refused_by_name(string query, int expected)
    {
        await using var api = await TestApi.StartAsync();

        var (code, status) = await api.SendAsync("GET", $"{TestApi.Services}?watch=true&{query}");

        Assert.True(code == expected && (string?)status["kind"] == "Status", $"expected {expected}, got {code}: {status}");
    }
}
