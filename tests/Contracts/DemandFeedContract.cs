using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;

namespace Orrery.Testing;

/// <summary>What every demand feed must tell, wherever the requests are counted.</summary>
public abstract class DemandFeedContract
{
    private static readonly ResourceKey Service = InferenceService.Kind.Key("default", "a");

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract IDemandFeed Feed { get; }

    /// <summary>A request arrives at a gateway that this feed hears of.</summary>
    protected abstract DemandClaim Enter(ResourceKey service);

    [Fact]
    public void A_service_that_nobody_asked_for_reads_as_nothing() => Assert.Equal(ServiceDemand.None, Feed.Read(Service));

    [Fact]
    public void A_request_waits_then_is_in_flight_then_is_gone()
    {
        var claim = Enter(Service);
        var waiting = Feed.Read(Service);
        claim.Start();
        var inFlight = Feed.Read(Service);
        claim.AddTokens(7);
        claim.Dispose();
        var ended = Feed.Read(Service);

        Assert.Equal((1, 0), (waiting.Waiting, waiting.InFlight));
        Assert.Equal((0, 1), (inFlight.Waiting, inFlight.InFlight));
        Assert.Equal((0, 0, 7L), (ended.Waiting, ended.InFlight, ended.Tokens));
        Assert.NotNull(ended.LastUsed);
    }

    [Fact]
    public void A_request_that_loses_its_replica_waits_again_and_ends_once()
    {
        var claim = Enter(Service);
        claim.Start();
        claim.WaitAgain();
        var again = Feed.Read(Service);
        claim.Dispose();
        claim.Dispose();

        Assert.Equal((1, 0), (again.Waiting, again.InFlight));
        Assert.Equal((0, 0), (Feed.Read(Service).Waiting, Feed.Read(Service).InFlight));
    }

    [Fact]
    public async Task A_watcher_hears_of_demand_that_is_there_that_comes_and_that_ends()
    {
        var other = InferenceService.Kind.Key("default", "b");
        using var there = Enter(Service);
        await using var heard = Feed.WatchAsync(Ct).GetAsyncEnumerator(Ct);

        Assert.True(await heard.MoveNextAsync());
        Assert.Equal(Service, heard.Current);
        var next = heard.MoveNextAsync().AsTask();
        var claim = Enter(other);
        Assert.True(await next);
        Assert.Equal(other, heard.Current);
        next = heard.MoveNextAsync().AsTask();
        claim.Dispose();
        Assert.True(await next);
        Assert.Equal(other, heard.Current);
    }

    [Fact]
    public async Task Counts_are_right_after_many_threads_came_and_went()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), Ct, (i, _) =>
        {
            using var claim = Enter(Service);
            if (i % 2 == 0)
                claim.Start();
            claim.AddTokens(1);
            return ValueTask.CompletedTask;
        });

        var demand = Feed.Read(Service);
        Assert.Equal((0, 0, 1000L), (demand.Waiting, demand.InFlight, demand.Tokens));
    }
}
