using Orrery.Gateway.Routing;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Gateway.Tests.Routing;

public sealed class RouterTests
{
    private static readonly ResourceKey Service = InferenceService.Kind.Key("default", "m");
    private static readonly InferenceService Object = Tables.ServiceOf("m");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_waits_is_served_in_the_order_of_arrival()
    {
        var router = new Router(new GatewayOptions(), TimeProvider.System);
        router.Replace(RouteTable.Empty.Next(Object), [Service]);

        var waiting = Enumerable.Range(0, 20).Select(_ => router.PickAsync(Service, router.Arrive(), TimeSpan.FromMinutes(1), Ct).AsTask()).ToList();
        Assert.All(waiting, pick => Assert.False(pick.IsCompleted));
        router.Replace(router.Table.Next(Object, Tables.SliceOf("m-engine", "1", "/a")), [Service]);

        var leases = (await Task.WhenAll(waiting)).Select(pick => Assert.IsType<Pick.To>(pick).Lease).ToList();
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), leases.Select(lease => lease.Number));
        Assert.Equal(20, leases[0].Upstream.InFlight);
        leases.ForEach(lease => lease.Dispose());
        leases.ForEach(lease => lease.Dispose());
        Assert.Equal(0, leases[0].Upstream.InFlight);
    }

    [Fact]
    public async Task A_cancelled_wait_costs_no_replica_anything()
    {
        var router = new Router(new GatewayOptions(), TimeProvider.System);
        router.Replace(RouteTable.Empty.Next(Object), [Service]);
        using var client = new CancellationTokenSource();

        var gone = router.PickAsync(Service, router.Arrive(), TimeSpan.FromMinutes(1), client.Token).AsTask();
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        router.Replace(router.Table.Next(Object, Tables.SliceOf("m-engine", "1", "/a")), [Service]);

        Assert.Equal(0, router.Table.Find(Service)!.Branches.Single().Upstreams.Single().InFlight);
    }

    [Fact]
    public async Task Swaps_and_waits_that_race_lose_nobody()
    {
        var router = new Router(new GatewayOptions { MaxWaiting = 100_000 }, TimeProvider.System);
        var empty = RouteTable.Empty.Next(Object);
        router.Replace(empty, [Service]);

        var picking = Task.Run(
            async () =>
            {
                var picks = new List<Task<Pick>>();
                for (int i = 0; i < 20_000; i++)
                {
                    picks.Add(router.PickAsync(Service, router.Arrive(), TimeSpan.FromMinutes(1), Ct).AsTask());
                    if (i % 64 == 0)
                        await Task.Yield();
                }
                return picks;
            },
            Ct);
        while (!picking.IsCompleted)
        {
            router.Replace(empty.Next(Object, Tables.SliceOf("m-engine", "1", "/a")), [Service]);
            router.Replace(empty, [Service]);
        }
        router.Replace(empty.Next(Object, Tables.SliceOf("m-engine", "1", "/a")), [Service]);

        var picks = await Task.WhenAll(await picking).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.All(picks, pick => Assert.IsType<Pick.To>(pick));
    }

    [Fact]
    public void A_replica_keeps_its_load_from_table_to_table_and_a_new_slice_version_readmits_it()
    {
        var first = RouteTable.Empty.Next(Object, Tables.SliceOf("m-engine", "1", "/a", "/b"));
        var upstream = first.Find(Service)!.Branches.Single().Upstreams.Single(u => u.Address.ToString() == "unix:/a");
        using var lease = upstream.Take();
        upstream.Eject();

        var sameSlice = first.Next(Object, Tables.SliceOf("m-engine", "1", "/a"));
        Assert.Same(upstream, sameSlice.Find(Service)!.Branches.Single().Upstreams.Single());
        Assert.True(upstream.Ejected);

        var written = sameSlice.Next(Object, Tables.SliceOf("m-engine", "2", "/a"));
        Assert.Same(upstream, written.Find(Service)!.Branches.Single().Upstreams.Single());
        Assert.False(upstream.Ejected);
        Assert.Equal(1, upstream.InFlight);
    }

    [Fact]
    public void The_end_of_an_older_ejection_does_not_end_a_newer_one()
    {
        var upstream = new Upstream(new UpstreamAddress.UnixSocket("/a"), "1");
        int older = upstream.Eject();
        int newer = upstream.Eject();

        Assert.False(upstream.Readmit(older));
        Assert.True(upstream.Ejected);
        Assert.True(upstream.Readmit(newer));
        Assert.False(upstream.Ejected);
    }

    [Theory]
    [InlineData("ready by default", "default", "m-engine", "Unix", "/a", null, null, "unix:/a")]
    [InlineData("ready", "default", "m-engine", "Unix", "/a", null, true, "unix:/a")]
    [InlineData("not ready", "default", "m-engine", "Unix", "/a", null, false, "")]
    [InlineData("IPv4 with a port", "default", "m-engine", "IPv4", "10.0.0.7", 8080, null, "10.0.0.7:8080")]
    [InlineData("IPv4 without a port", "default", "m-engine", "IPv4", "10.0.0.7", null, null, "")]
    [InlineData("no address", "default", "m-engine", "IPv4", "nonsense", 8080, null, "")]
    [InlineData("an address type that is not used here", "default", "m-engine", "FQDN", "example.org", 8080, null, "")]
    [InlineData("another namespace", "team", "m-engine", "Unix", "/a", null, null, "")]
    [InlineData("another service", "default", "mm-engine", "Unix", "/a", null, null, "")]
    [InlineData("another component", "default", "m-router", "Unix", "/a", null, null, "")]
    [InlineData("no label", "default", null, "Unix", "/a", null, null, "")]
    public void A_slice_belongs_to_a_service(
        string because, string ns, string? label, string type, string address, int? port, bool? ready, string expected)
    {
        var slice = new EndpointSlice
        {
            Metadata = new Metadata
            {
                Name = "s", Namespace = ns, Labels = label is null ? null : new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = label },
            },
            AddressType = type,
            Endpoints = [new Endpoint { Addresses = [address], Conditions = new EndpointConditions { Ready = ready } }],
            Ports = port is null ? null : [new EndpointPort { Port = port }],
        };

        var sources = new RouteSources((key, problem) => Assert.Fail($"{key}: {problem}"));
        sources.Learn(InferenceService.Kind, new FollowEvent.Changed(Document.From(Object)));
        sources.Learn(EndpointSlice.Kind, new FollowEvent.Changed(Document.From(slice)));

        string actual = string.Join(' ', sources.RouteOf(Service, before: null)!.Branches.Single().Upstreams.Select(u => u.Address));
        Assert.True(expected == actual, $"{because}: expected '{expected}', got '{actual}'");
    }

    [Fact]
    public void The_same_address_in_two_slices_is_one_replica()
        => Assert.Single(RouteTable.Empty.Next(Object, Tables.SliceOf("m-engine", "1", "/a"), Tables.SliceOf("m-engine", "2", "/a")).Find(Service)!.Branches.Single().Upstreams);
}
