using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Resources.Demand;
using Orrery.Wire.Http;

namespace Orrery.Gateway.Tests.Requests;

public sealed class DemandTests
{
    private const string Ask = """{"model":"m"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, false)]
    [InlineData(400, false)]
    [InlineData(429, false)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    public async Task An_answer_counts_at_its_workload_and_fails_from_500_on(int status, bool failed)
    {
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.StatusCode = status;
            await ScriptedReplica.WholeAsync(http, "{}");
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        await gateway.TextAsync(Ask);

        await CountsAsync(gateway, "m-engine", 1, failed ? 1 : 0);
    }

    [Fact]
    public async Task Each_attempt_counts_where_it_was_made()
    {
        await using var canary = await ScriptedReplica.StartAsync(ScriptedReplica.DieAsync);
        await using var engine = await ScriptedReplica.SayingAsync("fine");
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { EjectFor = TimeSpan.FromHours(1) });
        await gateway.AddServiceAsync("m");
        await gateway.SetStatusAsync("m", Tables.TrafficOf("m-engine 50 m-canary 50"));
        await gateway.SetSliceAsync("m-0", "m", "default", engine, ready: true);
        await gateway.SetSliceAsync("m-1", "m", "default", canary, ready: true, part: "canary");
        await gateway.SettledAsync(engine);

        for (int i = 0; i < 10; i++)
            Assert.Equal("fine", await gateway.TextAsync(Ask));

        await CountsAsync(gateway, "m-engine", 10, 0);
        await CountsAsync(gateway, "m-canary", 1, 1);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_has_failed_and_one_whose_client_goes_has_not()
    {
        var release = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, "data: 1\n\n");
            if (http.Request.Path == "/v1/embeddings")
                await ScriptedReplica.StallAsync(http);
            await release.Task;
            http.Abort();
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        var broken = await gateway.EventsAsync("""{"model":"m","stream":true}""", _ => release.TrySetResult());
        await CountsAsync(gateway, "m-engine", 1, 1);
        using (var leaving = await gateway.AskAsync("/v1/embeddings", """{"model":"m"}"""u8.ToArray()))
            Assert.Equal(1, await (await leaving.Content.ReadAsStreamAsync(Ct)).ReadAsync(new byte[1], Ct));

        Assert.Equal(2, broken.Count);
        await CountsAsync(gateway, "m-engine", 2, 1);
    }

    // The status was 200 long before.
    [Theory]
    [InlineData("data: {\"x\":1}\n\n|data: [DONE]\n\n", false)]
    [InlineData("data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n", false)]
    [InlineData("data: {\"choices\":[{\"finish_reason\":null}]}\n\n", true)]
    [InlineData("data: {\"x\":1}\n\n|data: {\"error\":{\"message\":\"out of memory\",\"type\":\"server_error\"}}\n\n", true)]
    [InlineData("data: {\"x\":1}\n\ndata:{ \"error\" : \"CUDA\" }\n\n|data: [DONE]\n\n", true)]
    [InlineData("event: error\r\ndata: {\"error\": {\"code\": 500}}\r\n\r\ndata: [DONE]\r\n\r\n", true)]
    [InlineData("data: {\"object\":\"error\",\"code\":500}\n\ndata: [DONE]\n\n", true)]
    [InlineData("data: {\"error\":{\"message\":\"too long\",\"code\":400}}\n\ndata: [DONE]\n\n", false)]
    [InlineData("data: {\"error\":{\"type\":\"invalid_request_error\"}}\n\n", false)]
    [InlineData("data: {\"error\":{\"type\":\"server_error\",\"code\":\"draining\"}}\n\n", false)]
    [InlineData("data: {\"error\":null}\n\ndata: [DONE]\n\n", false)]
    [InlineData("data: {\"token\":\"error\",\"text\":\"\\\"error\\\":1\"}\n\ndata: [DONE]\n\n", false)]
    [InlineData(": \"error\"\n\ndata: half \"error\" {\n\ndata: [DONE]\n\n", false)]
    public async Task A_stream_has_failed_that_tells_an_error_or_stops_without_an_end(string parts, bool failed)
    {
        await using var replica = await ScriptedReplica.StartAsync(http => ScriptedReplica.StreamAsync(http, parts.Split('|')));
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        Assert.Equal(parts.Replace("|", "", StringComparison.Ordinal), await gateway.TextAsync("""{"model":"m","stream":true}"""));

        await CountsAsync(gateway, "m-engine", 1, failed ? 1 : 0);
    }

    [Fact]
    public async Task A_replica_that_was_told_to_stop_has_not_failed()
    {
        await using var draining = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers[DrainingHeader.Name] = DrainingHeader.Yes;
            await ScriptedReplica.WholeAsync(http, "{}");
        });
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { EjectFor = TimeSpan.FromHours(1) });
        await gateway.ServeAsync("m", draining);
        await gateway.SeesModelAsync("m", ready: true);

        var asking = gateway.TextAsync(Ask);
        await gateway.WaitsAsync("m", 1);
        await using var next = await ScriptedReplica.SayingAsync("next");
        await gateway.SetSliceAsync("another", "m", "default", next, ready: true);

        Assert.Equal("next", await asking);
        await CountsAsync(gateway, "m-engine", 1, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_replica_works_until_its_answer_has_ended_or_the_client_has_gone(bool leaves)
    {
        var release = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, "data: 1\n\n");
            await release.Task;
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        using (var answer = await gateway.AskAsync("""{"model":"m","stream":true}"""))
        {
            Assert.Equal(1, gateway.InFlightAt(replica));
            if (!leaves)
            {
                release.SetResult();
                await answer.Content.ReadAsStringAsync(Ct);
            }
        }

        await Eventually.TrueAsync(() => gateway.InFlightAt(replica) == 0, () => "it is said to work still");
        release.TrySetResult();
    }

    [Fact]
    public async Task Tokens_in_flight_are_the_prompts_and_grow_with_the_answer()
    {
        var gate = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, "data: 1\n\n", "data: 2\r\n\r\n", "data: 3\n\ndata: 4\n\n");
            await gate.Task.WaitAsync(http.RequestAborted);
            await ScriptedReplica.StreamAsync(http, "data: [DONE]\n\n");
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);

        // The prompt has 400 bytes with its quotes; other fields do not count.
        var asking = gateway.EventsAsync($$"""{"model":"m","stream":true,"prompt":"{{new string('x', 398)}}","user":"{{new string('u', 4000)}}"}""");
        await Eventually.TrueAsync(() => gateway.DemandOf("m") is { Waiting: 1, TokensInFlight: 100 }, () => gateway.DemandOf("m").ToString());
        await gateway.SetReplicasAsync("m", replica);
        await Eventually.TrueAsync(() => gateway.DemandOf("m") is { InFlight: 1, TokensInFlight: 104 }, () => gateway.DemandOf("m").ToString());
        gate.SetResult();

        Assert.Equal(5, (await asking).Count);
        await Eventually.TrueAsync(() => gateway.DemandOf("m") is { InFlight: 0, TokensInFlight: 0 }, () => gateway.DemandOf("m").ToString());
    }

    [Fact]
    public async Task Figures_of_a_service_that_is_gone_are_forgotten_when_its_last_request_ends()
    {
        var gate = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            if (http.Request.Path == "/v1/embeddings")
                await gate.Task.WaitAsync(http.RequestAborted);
            await ScriptedReplica.WholeAsync(http, "ok");
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        foreach (string name in new[] { "m", "idle" })
        {
            await gateway.ServeAsync(name, replica);
            await gateway.SeesModelAsync(name, ready: true);
            await gateway.TextAsync($$"""{"model":"{{name}}"}""");
        }
        var last = gateway.AskAsync("/v1/embeddings", """{"model":"m"}"""u8.ToArray());
        await Eventually.TrueAsync(() => gateway.DemandOf("m").InFlight == 1, () => gateway.DemandOf("m").ToString());

        await gateway.RemoveServiceAsync("idle");
        await gateway.RemoveServiceAsync("m");
        await Eventually.TrueAsync(() => gateway.DemandOf("idle") == ServiceDemand.None, () => gateway.DemandOf("idle").ToString());
        Assert.Equal(2, gateway.DemandOf("m").Arrived);
        gate.SetResult();
        (await last).Dispose();

        await Eventually.TrueAsync(() => gateway.DemandOf("m") == ServiceDemand.None, () => gateway.DemandOf("m").ToString());
        Assert.Equal((AnswerCounts.None, AnswerCounts.None), (gateway.AnswersOf("m-engine"), gateway.AnswersOf("idle-engine")));
    }

    private static Task CountsAsync(GatewayUnderTest gateway, string workload, long all, long failed)
        => Eventually.TrueAsync(() => gateway.AnswersOf(workload) == new AnswerCounts(all, failed), () => gateway.AnswersOf(workload).ToString());
}
