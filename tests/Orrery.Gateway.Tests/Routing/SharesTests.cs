using Orrery.Gateway.Routing;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Resources.Serving;

namespace Orrery.Gateway.Tests.Routing;

public sealed class SharesTests
{
    // Slices are written as the workload's name; each has one replica whose path is that name.
    [Theory]
    [InlineData("the engine alone", false, "", "m-engine", "m-engine 100")]
    [InlineData("no status, so nobody else", false, "", "m-engine m-canary m-router", "m-engine 100")]
    [InlineData("a tenth", false, "m-engine 90 m-canary 10", "m-engine m-canary", "m-canary 10 m-engine 90")]
    [InlineData("a half", false, "m-engine 50 m-canary 50", "m-engine m-canary", "m-canary 50 m-engine 50")]
    [InlineData("one of a hundred", false, "m-engine 99 m-canary 1", "m-engine m-canary", "m-canary 1 m-engine 99")]
    [InlineData("shares that do not add up", false, "m-engine 1 m-canary 3", "m-engine m-canary", "m-canary 75 m-engine 25")]
    [InlineData("one that is not ready yields", false, "m-engine 90 m-canary 10", "m-canary", "m-canary 100")]
    [InlineData("none gets nothing", false, "m-engine 100 m-canary 0", "m-engine m-canary", "m-engine 100")]
    [InlineData("none gets nothing even if nobody else is ready", false, "m-engine 100 m-canary 0", "m-canary", "")]
    [InlineData("a workload of another service does not count", false, "m-engine 50 mm-engine 50", "m-engine mm-engine", "m-engine 100")]
    [InlineData("only workloads of others", false, "mm-engine 100", "m-engine mm-engine", "m-engine 100")]
    [InlineData("the router gets all", true, "m-engine 90 m-canary 10", "m-engine m-canary m-router", "m-router 100")]
    [InlineData("nobody stands in for the router", true, "", "m-engine", "")]
    public void Of_a_hundred_requests_each_gets_its_share(string because, bool router, string traffic, string ready, string expected)
    {
        var spec = new InferenceServiceSpec { Model = new ModelReference { Name = "m" }, Router = router ? new ComponentSpec() : null };
        var slices = ready.Split(' ').Select(workload => Tables.SliceOf(workload, "1", "/" + workload));
        var route = Tables.RouteOf(Tables.ServiceOf("m", spec, traffic.Length == 0 ? null : Tables.TrafficOf(traffic)), slices);

        // Not the first hundred: any hundred in a row.
        for (int i = 0; i < 37; i++)
            route.TryTake(Random.Shared)?.Dispose();
        var taken = Enumerable.Range(0, 100).Select(_ => route.TryTake(Random.Shared)).Where(l => l is not null).Select(l => l!.Upstream.Workload!.Name);

        string actual = string.Join(' ', taken.GroupBy(w => w).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Count()}"));
        Assert.True(expected == actual, $"{because}: expected '{expected}', got '{actual}'");
    }

    [Theory]
    [InlineData(100, 10)]
    [InlineData(100, 1)]
    [InlineData(100, 50)]
    [InlineData(7, 3)]
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    public void A_share_is_spread_evenly(int shares, int of)
    {
        var turns = new Turns();
        var mine = Enumerable.Range(0, shares * 5).Where(_ => turns.Next(shares) < of).ToList();

        Assert.Equal(of * 5, mine.Count);
        var gaps = mine.Zip(mine.Skip(1), (a, b) => b - a);
        Assert.All(gaps, gap => Assert.InRange(gap, 1, 3 * shares / of));
    }

    [Fact]
    public void Shares_hold_when_the_table_changes_in_between()
    {
        var service = Tables.ServiceOf("m", status: Tables.TrafficOf("m-engine 90 m-canary 10"));
        var table = RouteTable.Empty;
        int canary = 0;
        for (int i = 0; i < 100; i++)
        {
            table = table.Next(service, Tables.SliceOf("m-engine", $"{i}", "/e"), Tables.SliceOf("m-canary", $"{i}", "/c"));
            canary += table.Services.Single().TryTake(Random.Shared)!.Upstream.Workload!.Name == "m-canary" ? 1 : 0;
        }

        Assert.Equal(10, canary);
    }

    [Fact]
    public void An_ejected_canary_yields_until_it_is_back()
    {
        var service = Tables.ServiceOf("m", status: Tables.TrafficOf("m-engine 1 m-canary 99"));
        var route = Tables.RouteOf(service, [Tables.SliceOf("m-engine", "1", "/e"), Tables.SliceOf("m-canary", "1", "/c")]);
        var canary = route.Branches.Single(b => b.Percent == 99).Upstreams.Single();

        int ticket = canary.Eject();
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal("m-engine", route.TryTake(Random.Shared)!.Upstream.Workload!.Name));
        canary.Readmit(ticket);

        Assert.Equal(99, Enumerable.Range(0, 100).Count(_ => route.TryTake(Random.Shared)!.Upstream == canary));
    }

    [Fact]
    public void Of_many_replicas_all_get_some_and_the_busy_one_fewest()
    {
        var route = Tables.RouteOf(Tables.ServiceOf("m"), [Tables.SliceOf("m-engine", "1", [.. Enumerable.Range(0, 8).Select(i => $"/{i}")])]);
        var busy = route.Branches.Single().Upstreams[3];
        for (int i = 0; i < 1000; i++)
            busy.Take();

        var taken = Enumerable.Range(0, 800).Select(_ => route.TryTake(new Random(1 + _))!.Upstream).ToList();

        Assert.DoesNotContain(busy, taken);
        Assert.All(route.Branches.Single().Upstreams.Where(u => u != busy), u => Assert.InRange(taken.Count(t => t == u), 90, 140));
    }
}
