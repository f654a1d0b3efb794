using System.Text.Json.Nodes;
using Orrery.Api.Listing;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Api.Tests.Listing;

public sealed class PagingTests
{
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_together_are_the_list_at_one_version_whatever_happens_meanwhile()
    {
        await using var api = await TestApi.StartAsync();
        foreach (string name in (string[])["a", "b", "c", "d", "e"])
            await api.CreateAsync(name);

        var (_, first) = await api.SendAsync("GET", $"{TestApi.Services}?limit=2");
        await api.Store.DeleteAsync(InferenceService.Kind.Key("default", "c"), Preconditions.None, Ct);
        await api.CreateAsync("bb");
        var (_, second) = await api.SendAsync("GET", $"{TestApi.Services}?limit=2&continue={Continue(first)}");
        var (_, third) = await api.SendAsync("GET", $"{TestApi.Services}?limit=2&continue={Continue(second)}");

        Assert.Equal(["a", "b"], Names(first));
        Assert.Equal(["c", "d"], Names(second));
        Assert.Equal((3, 1), ((int?)first["metadata"]!["remainingItemCount"], (int?)second["metadata"]!["remainingItemCount"]));
        Assert.Equal(["e"], Names(third));
        Assert.Equal("", (string?)third["metadata"]!["continue"]);
        Assert.Single(new[] { first, second, third }.Select(p => (string?)p["metadata"]!["resourceVersion"]).Distinct());
    }

    [Fact]
    public async Task Pages_whose_state_is_gone_expire_with_a_token_that_goes_on_with_what_is_there()
    {
        await using var api = await TestApi.StartAsync();
        foreach (string name in (string[])["a", "b", "c"])
            await api.CreateAsync(name);
        var current = await api.Store.ListAsync(InferenceService.Kind, "default", Ct);
        string unknown = new ContinueToken("1", "default", "a").Encode();

        var (code, status) = await api.SendAsync("GET", $"{TestApi.Services}?limit=1&continue={unknown}");
        var (_, rest) = await api.SendAsync("GET", $"{TestApi.Services}?limit=1&continue={(string?)status["metadata"]!["continue"]}");

        Assert.Equal((410, "Expired"), (code, (string?)status["reason"]));
        Assert.Equal(["b"], Names(rest));
        Assert.Equal(current.ResourceVersion, (string?)rest["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task A_selected_list_is_paged_by_what_is_selected_and_counts_no_rest()
    {
        await using var api = await TestApi.StartAsync();
        for (int i = 0; i < 6; i++)
            await api.CreateAsync($"s{i}", new Dictionary<string, string> { ["odd"] = i % 2 == 0 ? "no" : "yes" });

        var (_, first) = await api.SendAsync("GET", $"{TestApi.Services}?limit=2&labelSelector=odd%3Dyes");
        var (_, second) = await api.SendAsync("GET", $"{TestApi.Services}?limit=2&labelSelector=odd%3Dyes&continue={Continue(first)}");

        Assert.Equal(["s1", "s3"], Names(first));
        Assert.Null(first["metadata"]!["remainingItemCount"]);
        Assert.Equal(["s5"], Names(second));
        Assert.Equal("", (string?)second["metadata"]!["continue"]);
    }

    [Fact]
    public async Task Tables_come_in_pages_too()
    {
        await using var api = await TestApi.StartAsync();
        foreach (string name in (string[])["a", "b", "c"])
            await api.CreateAsync(name);

        var (_, first) = await api.SendAsync("GET", $"{TestApi.Services}?limit=2", (byte[]?)null, accept: Table);
        var (_, second) = await api.SendAsync("GET", $"{TestApi.Services}?limit=2&continue={Continue(first)}", (byte[]?)null, accept: Table);

        Assert.Equal((2, 1), (first["rows"]!.AsArray().Count, (int?)first["metadata"]!["remainingItemCount"]));
        Assert.Equal("c", (string?)second["rows"]![0]!["cells"]![0]);
    }

    [Theory]
    [InlineData("limit=x", 400)]
    [InlineData("limit=-1", 400)]
    [InlineData("limit=99999999999999999999", 400)]
    [InlineData("limit=9223372036854775807", 200)]
    [InlineData("continue=AAAA", 400)]
    [InlineData("continue=%00%ff", 400)]
    [InlineData("continue=e30", 400)]
    [InlineData("continue=eyJ2IjoiMSIsIm5zIjoiZGVmYXVsdCIsIm5hbWUiOiJcdWQ4MDAifQ", 400)] // its name is half a surrogate pair
    [InlineData("resourceVersion=0", 200)]
    [InlineData("resourceVersion=1", 200)]
    [InlineData("resourceVersion=1&resourceVersionMatch=NotOlderThan", 200)]
    [InlineData("resourceVersion=CURRENT&resourceVersionMatch=Exact", 200)]
    [InlineData("resourceVersion=1&resourceVersionMatch=Exact", 410)]
    [InlineData("resourceVersion=1&limit=1", 410)]
    [InlineData("resourceVersion=0&resourceVersionMatch=Exact", 422)]
    [InlineData("resourceVersionMatch=Exact", 422)]
    [InlineData("resourceVersion=1&resourceVersionMatch=Roughly", 422)]
    [InlineData("resourceVersion=999999", 504)]
    [InlineData("resourceVersion=999999&resourceVersionMatch=Exact", 504)]
    [InlineData("resourceVersion=new", 400)]
    [InlineData("sendInitialEvents=true", 422)]
    public async Task Options_of_a_list_are_heeded_or_refused(string query, int expected)
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("a");
        var last = await api.CreateAsync("b");

        var (code, body) = await api.SendAsync("GET", $"{TestApi.Services}?{query.Replace("CURRENT", last.Metadata.ResourceVersion, StringComparison.Ordinal)}");

        Assert.True(code == expected, $"expected {expected}, got {code}: {body}");
        Assert.Equal(code == 200 ? "InferenceServiceList" : "Status", (string?)body["kind"]);
    }

    [Fact]
    public async Task A_version_from_the_future_says_when_to_ask_again()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("a");

        var (list, status) = await api.SendAsync("GET", $"{TestApi.Services}?resourceVersion=999999");
        var (one, _) = await api.SendAsync("GET", $"{TestApi.Services}/a?resourceVersion=999999");

        Assert.Equal((504, 504, "Timeout"), (list, one, (string?)status["reason"]));
        Assert.Equal("ResourceVersionTooLarge", (string?)status["details"]!["causes"]![0]!["reason"]);
        Assert.Equal(1, (int?)status["details"]!["retryAfterSeconds"]);
    }

    [Fact]
    public void Begun_lists_are_forgotten_by_number_and_by_age()
    {
        var time = new ManualTime();
        var begun = new BegunLists(time);
        for (int version = 0; version < 100; version++)
            begun.Keep(Secret.Kind, null, new DocumentList($"{version}", []));

        Assert.Null(begun.Find(Secret.Kind, null, "35"));
        Assert.NotNull(begun.Find(Secret.Kind, null, "36"));
        Assert.Null(begun.Find(Secret.Kind, "default", "99"));

        time.Advance(BegunLists.Lifetime + TimeSpan.FromSeconds(1));
        Assert.Null(begun.Find(Secret.Kind, null, "99"));
    }

    private static string Continue(JsonObject page) => (string)page["metadata"]!["continue"]!;

    private static IEnumerable<string> Names(JsonObject list) => [.. list["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!)];
}
