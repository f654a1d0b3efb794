using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Orrery.Gateway.Routing;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Gateway.Tests.Routing;

public sealed class WaitingOrderTests
{
    private const string Ask = """{"model":"m"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_whose_replica_died_come_before_all_that_arrived_after_them()
    {
        var service = InferenceService.Kind.Key("default", "m");
        var router = new Router(new GatewayOptions(), TimeProvider.System);
        router.Replace(RouteTable.Empty.Next(Tables.ServiceOf("m")), [service]);
        long[] arrivals = [.. Enumerable.Range(0, 6).Select(_ => router.Arrive())];

        // The last two arrived while the others were at a replica; of those the later one loses it first.
        int[] order = [4, 5, 3, 0, 2, 1];
        var waiting = order.Select(i => router.PickAsync(service, arrivals[i], TimeSpan.FromMinutes(1), Ct).AsTask()).ToList();
        router.Replace(router.Table.Next(Tables.ServiceOf("m"), Tables.SliceOf("m-engine", "1", "/a")), [service]);
        var picks = await Task.WhenAll(waiting);

        Assert.Equal(order.Select(i => i + 1L), picks.Select(p => Assert.IsType<Pick.To>(p).Lease.Number));
    }

    [Fact]
    public async Task A_full_line_loses_its_last_to_one_that_comes_back()
    {
        var service = InferenceService.Kind.Key("default", "m");
        var router = new Router(new GatewayOptions { MaxWaiting = 2 }, TimeProvider.System);
        router.Replace(RouteTable.Empty.Next(Tables.ServiceOf("m")), [service]);
        long[] arrivals = [.. Enumerable.Range(0, 4).Select(_ => router.Arrive())];

        var second = Pick(1);
        var third = Pick(2);
        var fourth = Pick(3);
        var first = Pick(0);

        Assert.IsType<Pick.TooManyWaiting>(await fourth);
        Assert.IsType<Pick.TooManyWaiting>(await third);
        router.Replace(router.Table.Next(Tables.ServiceOf("m"), Tables.SliceOf("m-engine", "1", "/a")), [service]);
        Assert.Equal(1, Assert.IsType<Pick.To>(await first).Lease.Number);
        Assert.Equal(2, Assert.IsType<Pick.To>(await second).Lease.Number);

        Task<Pick> Pick(int i) => router.PickAsync(service, arrivals[i], TimeSpan.FromMinutes(1), Ct).AsTask();
    }

    [Fact]
    public async Task A_change_to_one_service_serves_its_line_and_no_other()
    {
        var (a, b) = (InferenceService.Kind.Key("default", "a"), InferenceService.Kind.Key("default", "b"));
        var router = new Router(new GatewayOptions(), TimeProvider.System);
        router.Replace(RouteTable.Empty.Next(Tables.ServiceOf("a")).Next(Tables.ServiceOf("b")), [a, b]);

        var first = router.PickAsync(a, router.Arrive(), TimeSpan.FromMinutes(1), Ct).AsTask();
        var second = router.PickAsync(b, router.Arrive(), TimeSpan.FromMinutes(1), Ct).AsTask();
        router.Replace(router.Table.Next(Tables.ServiceOf("b"), Tables.SliceOf("b-engine", "1", "/b")), [b]);

        Assert.IsType<Pick.To>(await second);
        Assert.False(first.IsCompleted);
        router.Stop();
        Assert.IsType<Pick.Stopping>(await first);
    }

    [Fact]
    public async Task Those_that_a_dead_replica_had_and_those_that_came_later_are_all_answered_once()
    {
        var died = new TaskCompletionSource();
        await using var dying = await ScriptedReplica.StartAsync(async http =>
        {
            await died.Task.WaitAsync(http.RequestAborted);
            http.Abort();
        });
        var order = new ConcurrentQueue<string>();
        await using var replacement = await ScriptedReplica.StartAsync(async http =>
        {
            order.Enqueue(http.Request.Headers["x-nth"].ToString());
            await ScriptedReplica.WholeAsync(http, "ok");
        });
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { EjectFor = TimeSpan.FromHours(1) });
        await gateway.ServeAsync("m", dying);
        await gateway.SeesModelAsync("m", ready: true);

        var asking = new List<Task<HttpStatusCode>>();
        for (int i = 0; i < 3; i++)
        {
            asking.Add(AskAsync(gateway, i));
            await Eventually.TrueAsync(() => dying.Requests.Count == i + 1, () => "not asked");
        }
        died.SetResult();
        await gateway.WaitsAsync("m", 3);
        asking.Add(AskAsync(gateway, 3));
        await gateway.WaitsAsync("m", 4);
        await gateway.SetSliceAsync("m-0", "m", "default", replacement, ready: true);

        Assert.All(await Task.WhenAll(asking), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(["0", "1", "2", "3"], order.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_waited_says_how_long_and_others_do_not()
    {
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.Headers["Server-Timing"] = "model;dur=5";
            await ScriptedReplica.WholeAsync(http, "ok");
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);

        var asking = gateway.AskAsync(Ask);
        await gateway.WaitsAsync("m", 1);
        await gateway.SetReplicasAsync("m", replica);
        using var waited = await asking;
        using var next = await gateway.AskAsync(Ask);

        string[] timings = [.. waited.Headers.GetValues("Server-Timing").Order(StringComparer.Ordinal)];
        Assert.Equal("model;dur=5", timings[0]);
        Assert.StartsWith("queue;dur=", timings[1], StringComparison.Ordinal);
        Assert.InRange(double.Parse(timings[1]["queue;dur=".Length..], CultureInfo.InvariantCulture), double.Epsilon, 60_000);
        Assert.Equal(2, timings.Length);
        Assert.Equal(["model;dur=5"], next.Headers.GetValues("Server-Timing"));
    }

    [Fact]
    public async Task A_model_that_waits_for_memory_lets_requests_wait_and_says_so_at_the_deadline()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { ColdStartWait = TimeSpan.FromSeconds(1) });
        await gateway.AddServiceAsync("m");
        await gateway.SetStatusAsync("m", new InferenceServiceStatus
        {
            Conditions =
            [
                Conditions.False(Conditions.Ready, "EngineNotReady", "no replica answers"),
                Conditions.False(ServiceConditions.EngineReady, "NoReplica", "0/0 replicas"),
                Conditions.False("MemoryGranted", "WaitingForMemory", "needs 3 GiB, 2 GiB are free until 'other' is idle."),
            ],
        });
        await gateway.SettledAsync(new NobodyThere());

        var asking = gateway.AskAsync(Ask);
        await gateway.WaitsAsync("m", 1);
        using var response = await asking;
        var error = await GatewayUnderTest.ErrorAsync(response);

        Assert.Equal("no_replica", (string)error["code"]!);
        Assert.Contains("within 1 s. MemoryGranted is False (WaitingForMemory): needs 3 GiB, 2 GiB are free until 'other' is idle. Retry", (string)error["message"]!, StringComparison.Ordinal);
        Assert.StartsWith("queue;dur=", response.Headers.GetValues("Server-Timing").Single(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> AskAsync(GatewayUnderTest gateway, int nth)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new StringContent(Ask) };
        request.Headers.Add("x-nth", $"{nth}");
        using var response = await gateway.Client.SendAsync(request, Ct);
        return response.StatusCode;
    }
}
