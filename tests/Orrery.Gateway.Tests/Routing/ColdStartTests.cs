using System.Net;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Resources.Serving;

namespace Orrery.Gateway.Tests.Routing;

public sealed class ColdStartTests
{
    private const string Ask = """{"model":"m"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_waits_for_a_replica_and_is_counted_as_waiting()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);
        var gate = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await gate.Task.WaitAsync(http.RequestAborted);
            await ScriptedReplica.WholeAsync(http, "warm");
        });

        var asking = gateway.TextAsync(Ask);
        await gateway.WaitsAsync("m", 1);
        await gateway.SetReplicasAsync("m", replica);
        await Eventually.TrueAsync(() => gateway.DemandOf("m") is { Waiting: 0, InFlight: 1 }, () => gateway.DemandOf("m").ToString());
        gate.SetResult();

        Assert.Equal("warm", await asking);
        await Eventually.TrueAsync(() => gateway.DemandOf("m") is { Waiting: 0, InFlight: 0 }, () => gateway.DemandOf("m").ToString());
    }

    [Fact]
    public async Task A_replica_that_is_not_ready_gets_no_request_until_it_is()
    {
        await using var replica = await ScriptedReplica.SayingAsync("warm");
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.SetSliceAsync("m-0", "m", "default", replica, ready: false);
        await gateway.SeesModelAsync("m", ready: false);

        var asking = gateway.TextAsync(Ask);
        await gateway.WaitsAsync("m", 1);
        Assert.Empty(replica.Requests);
        await gateway.SetSliceAsync("m-0", "m", "default", replica, ready: true);

        Assert.Equal("warm", await asking);
    }

    [Fact]
    public async Task A_service_that_nothing_will_make_ready_is_refused_at_once_with_the_reason_and_so_are_those_that_wait()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);
        var asking = gateway.AskAsync(Ask);
        await gateway.WaitsAsync("m", 1);

        await gateway.BlockAsync("m", ServiceConditions.ModelNotFound, "no model 'x'");
        using var waited = await asking;
        using var late = await gateway.AskAsync(Ask);

        foreach (var response in new[] { waited, late })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            var error = await GatewayUnderTest.ErrorAsync(response);
            Assert.Equal("not_servable", error["code"]!.ToString());
            Assert.Contains("no model 'x'", error["message"]!.ToString());
        }
    }

    [Fact]
    public async Task After_the_wait_503_says_how_long_and_what_to_look_at()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { ColdStartWait = TimeSpan.FromMilliseconds(200) });
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);

        using var response = await gateway.AskAsync(Ask);
        var error = await GatewayUnderTest.ErrorAsync(response);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("no_replica", (string)error["code"]!);
        Assert.NotNull(response.Headers.RetryAfter!.Delta);
        Assert.All(["'m'", "0.2 s", "InferenceService", "default"], word => Assert.Contains(word, (string)error["message"]!, StringComparison.Ordinal));
        await Eventually.TrueAsync(() => gateway.DemandOf("m").Waiting == 0, () => "still waiting");
    }

    [Fact]
    public async Task More_than_the_bound_may_not_wait()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { MaxWaiting = 2 });
        await using var replica = await ScriptedReplica.SayingAsync("warm");
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);

        var asking = Enumerable.Range(0, 3).Select(_ => gateway.AskAsync(Ask)).ToList();
        using var refused = await await Task.WhenAny(asking);
        await gateway.WaitsAsync("m", 2);
        await gateway.SetReplicasAsync("m", replica);
        var answers = await Task.WhenAll(asking);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(2, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
    }

    [Fact]
    public async Task A_service_that_is_deleted_lets_nobody_wait()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);

        var asking = gateway.AskAsync(Ask);
        await gateway.WaitsAsync("m", 1);
        await gateway.RemoveServiceAsync("m");

        using var response = await asking;
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_client_that_goes_leaves_the_line()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { MaxWaiting = 1 });
        await using var replica = await ScriptedReplica.SayingAsync("warm");
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);
        using var client = new CancellationTokenSource();

        var gone = gateway.AskAsync(Ask, client.Token);
        await gateway.WaitsAsync("m", 1);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await gateway.WaitsAsync("m", 0);
        var asking = gateway.TextAsync(Ask);
        await gateway.WaitsAsync("m", 1);
        await gateway.SetReplicasAsync("m", replica);

        Assert.Equal("warm", await asking);
        Assert.Single(replica.Requests);
    }

    [Fact]
    public async Task A_gateway_that_stops_lets_nobody_wait()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);

        var asking = gateway.AskAsync(Ask);
        await gateway.WaitsAsync("m", 1);
        await gateway.StopAsync().WaitAsync(TimeSpan.FromSeconds(20), Ct);

        using var response = await asking;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("stopping", (string)(await GatewayUnderTest.ErrorAsync(response))["code"]!);
    }

    [Fact]
    public async Task A_closed_gateway_refuses_new_requests_at_once_and_lets_answers_go_on()
    {
        var gate = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await gate.Task.WaitAsync(http.RequestAborted);
            await ScriptedReplica.WholeAsync(http, "ok");
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        var before = gateway.TextAsync(Ask);
        await Eventually.TrueAsync(() => gateway.DemandOf("m").InFlight == 1, () => $"{gateway.DemandOf("m")}");

        gateway.Close();
        using var refused = await gateway.AskAsync(Ask);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("stopping", (string)(await GatewayUnderTest.ErrorAsync(refused))["code"]!);
        Assert.True(refused.Headers.ConnectionClose);
        Assert.NotNull(refused.Headers.RetryAfter);
        gate.SetResult();
        Assert.Equal("ok", await before);
        Assert.Single(replica.Requests);
    }

    [Fact]
    public async Task The_less_loaded_replica_gets_the_request()
    {
        var gate = new TaskCompletionSource();
        var replicas = new List<ScriptedReplica>();
        for (int i = 0; i < 2; i++)
        {
            replicas.Add(await ScriptedReplica.StartAsync(async http =>
            {
                if (http.Request.Path == "/v1/embeddings")
                    await gate.Task.WaitAsync(http.RequestAborted);
                await ScriptedReplica.WholeAsync(http, "ok");
            }));
        }
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", [.. replicas]);
        await gateway.SettledAsync(replicas[0]);

        var busy = gateway.AskAsync("/v1/embeddings", """{"model":"m"}"""u8.ToArray());
        await Eventually.TrueAsync(() => replicas.Sum(r => r.Requests.Count) == 1, () => "not asked");
        for (int i = 0; i < 8; i++)
            await gateway.TextAsync(Ask);

        Assert.Equal([1, 8], replicas.Select(r => r.Requests.Count).Order());
        gate.SetResult();
        (await busy).Dispose();
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }
}
