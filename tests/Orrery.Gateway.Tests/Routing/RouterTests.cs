using Orrery.Gateway.Routing;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

namespace Orrery.Gateway.Tests.Routing;

public sealed class RouterTests
{
    private static readonly ResourceKey Service = InferenceService.Kind.Key("default", "m");
    private static readonly InferenceService[] Services = [new() { Metadata = new Metadata { Name = "m", Namespace = "default" } }];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_waits_is_served_in_the_order_of_arrival()
    {
        var router = new Router(new GatewayOptions(), TimeProvider.System);
        router.Replace(RouteTable.Empty.Next(Services, []));

        var waiting = Enumerable.Range(0, 20).Select(_ => router.PickAsync(Service, TimeSpan.FromMinutes(1), Ct).AsTask()).ToList();
        Assert.All(waiting, pick => Assert.False(pick.IsCompleted));
        router.Replace(router.Table.Next(Services, [Slice("1", "/a")]));

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
        router.Replace(RouteTable.Empty.Next(Services, []));
        using var client = new CancellationTokenSource();

        var gone = router.PickAsync(Service, TimeSpan.FromMinutes(1), client.Token).AsTask();
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        router.Replace(router.Table.Next(Services, [Slice("1", "/a")]));

        Assert.Equal(0, router.Table.Find(Service)!.Upstreams.Single().InFlight);
    }

    [Fact]
    public async Task Swaps_and_waits_that_race_lose_nobody()
    {
        var router = new Router(new GatewayOptions { MaxWaiting = 100_000 }, TimeProvider.System);
        var empty = RouteTable.Empty.Next(Services, []);
        router.Replace(empty);

        var picking = Task.Run(
            async () =>
            {
                var picks = new List<Task<Pick>>();
                for (int i = 0; i < 20_000; i++)
                {
                    picks.Add(router.PickAsync(Service, TimeSpan.FromMinutes(1), Ct).AsTask());
                    if (i % 64 == 0)
                        await Task.Yield();
                }
                return picks;
            },
            Ct);
        while (!picking.IsCompleted)
        {
            router.Replace(empty.Next(Services, [Slice("1", "/a")]));
            router.Replace(empty);
        }
        router.Replace(empty.Next(Services, [Slice("1", "/a")]));

        var picks = await Task.WhenAll(await picking).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.All(picks, pick => Assert.IsType<Pick.To>(pick));
    }

    [Fact]
    public void A_replica_keeps_its_load_from_table_to_table_and_a_new_slice_version_readmits_it()
    {
        var first = RouteTable.Empty.Next(Services, [Slice("1", "/a", "/b")]);
        var upstream = first.Find(Service)!.Upstreams.Single(u => u.Address.ToString() == "unix:/a");
        using var lease = upstream.Take();
        upstream.Eject();

        var sameSlice = first.Next(Services, [Slice("1", "/a")]);
        Assert.Same(upstream, sameSlice.Find(Service)!.Upstreams.Single());
        Assert.True(upstream.Ejected);

        var written = sameSlice.Next(Services, [Slice("2", "/a")]);
        Assert.Same(upstream, written.Find(Service)!.Upstreams.Single());
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

        var table = RouteTable.Empty.Next(Services, [slice]);

        string actual = string.Join(' ', table.Find(Service)!.Upstreams.Select(u => u.Address));
        Assert.True(expected == actual, $"{because}: expected '{expected}', got '{actual}'");
    }

    [Fact]
    public void The_same_address_in_two_slices_is_one_replica()
        => Assert.Single(RouteTable.Empty.Next(Services, [Slice("1", "/a"), Slice("2", "/a")]).Find(Service)!.Upstreams);

    private static EndpointSlice Slice(string version, params string[] paths) => new()
    {
        Metadata = new Metadata
        {
            Name = "s",
            Namespace = "default",
            ResourceVersion = version,
            Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = ServingNames.Engine("m") },
        },
        AddressType = EndpointSlice.Unix,
        Endpoints = [.. paths.Select(p => new Endpoint { Addresses = [p] })],
    };
}
