using System.Net;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Wire.Http;

namespace Orrery.Gateway.Tests.Relaying;

public sealed class DeathTests
{
    private const string Ask = """{"model":"m"}""";
    private const string AskStream = """{"model":"m","stream":true}""";

    // Long enough that a healthy replica keeps within it on a busy machine.
    private static readonly TimeSpan Haste = TimeSpan.FromSeconds(1.5);

    private static readonly GatewayOptions Hasty = new()
    {
        ColdStartWait = Haste,
        FirstByteTimeout = Haste,
        WholeAnswerTimeout = Haste,
        IdleTimeout = Haste,
        EjectFor = TimeSpan.FromHours(1),
    };

    private static readonly GatewayOptions Patient = new() { EjectFor = TimeSpan.FromHours(1) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Death_after_the_third_chunk_gives_an_error_event_and_the_next_request_works_elsewhere()
    {
        var seen = new TaskCompletionSource();
        await using var dying = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, "data: 1\n\n", "data: 2\n\n", "data: 3\n\n");
            await seen.Task.WaitAsync(http.RequestAborted);
            http.Abort();
        });
        await using var gateway = await GatewayUnderTest.StartAsync(Patient);
        await gateway.ServeAsync("m", dying);
        await gateway.SeesModelAsync("m", ready: true);

        var events = await gateway.EventsAsync(AskStream, e =>
        {
            if (e == "3")
                seen.SetResult();
        });
        await dying.DisposeAsync();
        await using var healthy = await ScriptedReplica.SayingAsync("healthy");
        await gateway.SetSliceAsync("another", "m", "default", healthy, ready: true);
        string next = await gateway.TextAsync(Ask);

        Assert.Equal(["1", "2", "3"], events[..3]);
        Assert.Equal("upstream_failed", GatewayUnderTest.Code(events[3]));
        Assert.Equal(4, events.Count);
        Assert.Equal("healthy", next);
    }

    [Theory]
    [InlineData(Ask)]
    [InlineData(AskStream)]
    public async Task A_replica_that_stops_is_passed_over_for_another(string ask)
    {
        await using var draining = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers[DrainingHeader.Name] = DrainingHeader.Yes;
            await ScriptedReplica.WholeAsync(http, "{}");
        });
        await using var healthy = await ScriptedReplica.SayingAsync("healthy");
        await using var gateway = await GatewayUnderTest.StartAsync(Patient);
        await gateway.ServeAsync("m", draining);
        await gateway.SeesModelAsync("m", ready: true);
        await gateway.SetSliceAsync("another", "m", "default", healthy, ready: true);

        // Which of two comes first is drawn; whoever met the one that stops meets it no more.
        for (int i = 0; i < 20; i++)
            Assert.Equal("healthy", await gateway.TextAsync(ask));
        Assert.InRange(draining.Requests.Count, 0, 1);
    }

    [Fact]
    public async Task Death_in_an_answer_that_comes_whole_cuts_the_connection()
    {
        var seen = new TaskCompletionSource();
        await using var dying = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("{\"half\":", Ct);
            await http.Response.Body.FlushAsync(Ct);
            await seen.Task.WaitAsync(http.RequestAborted);
            http.Abort();
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", dying);
        await gateway.SeesModelAsync("m", ready: true);

        using var response = await gateway.AskAsync(Ask);
        seen.SetResult();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(Ct));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n", "1 upstream_failed")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: [DONE]\n\n", "1 [DONE]")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 500\r\n\r\ndata: 1\n\n", "1 upstream_failed")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n", "1 upstream_failed")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n18\r\ndata: 1\n\ndata: {\"half\":\r\n", "1 upstream_failed")]
    public async Task An_end_that_is_none_is_told(string answer, string expected)
    {
        await using var replica = new RawReplica(answer);
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        var events = await gateway.EventsAsync(AskStream);

        Assert.Equal(expected, string.Join(' ', events.Select(e => e.StartsWith('{') ? GatewayUnderTest.Code(e) : e)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no HTTP\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")]
    public async Task A_replica_that_fails_before_the_first_byte_is_left_for_another(string answer)
    {
        await using var broken = new RawReplica(answer);
        await using var healthy = await ScriptedReplica.SayingAsync("healthy");
        await using var gateway = await GatewayUnderTest.StartAsync(Patient);
        await gateway.ServeAsync("m", broken, new NobodyThere(), healthy);
        await gateway.SeesModelAsync("m", ready: true);
        await Eventually.SeesAsync(async () => await gateway.TextAsync(Ask) == "healthy" ? "yes" : null, () => "never healthy");

        for (int i = 0; i < 5; i++)
            Assert.Equal("healthy", await gateway.TextAsync(Ask));
    }

    [Fact]
    public async Task A_replica_that_refuses_a_large_body_unread_has_answered()
    {
        await using var strict = new RawReplica("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", readsBody: false);
        await using var gateway = await GatewayUnderTest.StartAsync(Hasty);
        await gateway.ServeAsync("m", strict);
        await gateway.SeesModelAsync("m", ready: true);

        using var response = await gateway.AskAsync($$"""{"model":"m","prompt":"{{new string('x', 8_000_000)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await gateway.SeesModelAsync("m", ready: true);
    }

    [Fact]
    public async Task When_all_fail_the_answer_is_502_after_at_most_three_tries()
    {
        var replicas = new List<ScriptedReplica>();
        for (int i = 0; i < 5; i++)
            replicas.Add(await ScriptedReplica.StartAsync(ScriptedReplica.DieAsync));
        await using var gateway = await GatewayUnderTest.StartAsync(Patient);
        await gateway.ServeAsync("m", [.. replicas]);
        await gateway.SettledAsync(replicas[0]);

        using var response = await gateway.AskAsync(Ask);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("upstream_failed", (string)(await GatewayUnderTest.ErrorAsync(response))["code"]!);
        Assert.Equal(3, replicas.Sum(r => r.Requests.Count));
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }

    [Fact]
    public async Task When_the_only_one_fails_and_none_comes_the_answer_is_502_at_the_deadline()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(Hasty);
        await gateway.ServeAsync("m", new NobodyThere());
        await gateway.SeesModelAsync("m", ready: true);

        using var response = await gateway.AskAsync(Ask);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task When_the_only_one_fails_the_request_waits_for_the_next()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(Patient);
        var dead = new NobodyThere();
        await gateway.ServeAsync("m", dead);
        await gateway.SeesModelAsync("m", ready: true);

        var asking = gateway.TextAsync(Ask);
        await gateway.SeesModelAsync("m", ready: false);
        await gateway.WaitsAsync("m", 1);
        await using var replacement = await ScriptedReplica.SayingAsync("replacement");
        await gateway.SetSliceAsync("m-0", "m", "default", replacement, ready: true);

        Assert.Equal("replacement", await asking);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_first_byte_in_time_is_504_and_the_replica_is_left_alone(bool stream)
    {
        await using var stalled = await ScriptedReplica.StartAsync(ScriptedReplica.StallAsync);
        await using var gateway = await GatewayUnderTest.StartAsync(Hasty);
        await gateway.ServeAsync("m", stalled);
        await gateway.SeesModelAsync("m", ready: true);

        using var response = await gateway.AskAsync(stream ? AskStream : Ask);
        await using var healthy = await ScriptedReplica.SayingAsync("healthy");
        await gateway.SetSliceAsync("another", "m", "default", healthy, ready: true);
        await gateway.SeesModelAsync("m", ready: true);

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        for (int i = 0; i < 5; i++)
            Assert.Equal("healthy", await gateway.TextAsync(Ask));
        Assert.Single(stalled.Requests);
    }

    [Fact]
    public async Task Silence_in_the_middle_of_a_stream_gives_an_error_event_and_the_replica_is_left_alone()
    {
        await using var stalled = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, "data: 1\n\n");
            await ScriptedReplica.StallAsync(http);
        });
        await using var gateway = await GatewayUnderTest.StartAsync(Hasty);
        await gateway.ServeAsync("m", stalled);
        await gateway.SeesModelAsync("m", ready: true);

        var events = await gateway.EventsAsync(AskStream);
        await gateway.SeesModelAsync("m", ready: false);
        await using var healthy = await ScriptedReplica.SayingAsync("healthy");
        await gateway.SetSliceAsync("another", "m", "default", healthy, ready: true);
        await gateway.SeesModelAsync("m", ready: true);

        Assert.Equal("1", events[0]);
        Assert.Equal("upstream_timeout", GatewayUnderTest.Code(events[1]));
        for (int i = 0; i < 5; i++)
            Assert.Equal("healthy", await gateway.TextAsync(Ask));
        Assert.Single(stalled.Requests);
    }

    [Fact]
    public async Task A_replica_that_failed_gets_requests_again_when_its_slice_changes()
    {
        bool healthy = false;
        await using var replica = await ScriptedReplica.StartAsync(
            http => Volatile.Read(ref healthy) ? ScriptedReplica.WholeAsync(http, "back") : ScriptedReplica.DieAsync(http));
        await using var gateway = await GatewayUnderTest.StartAsync(Patient);
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        var asking = gateway.TextAsync(Ask);
        await gateway.SeesModelAsync("m", ready: false);
        Volatile.Write(ref healthy, true);
        await gateway.SetSliceAsync("m-0", "m", "default", replica, ready: true);

        Assert.Equal("back", await asking);
    }

    [Fact]
    public async Task A_replica_that_failed_gets_requests_again_after_a_while()
    {
        int asked = 0;
        await using var replica = await ScriptedReplica.StartAsync(
            http => Interlocked.Increment(ref asked) == 1 ? ScriptedReplica.DieAsync(http) : ScriptedReplica.WholeAsync(http, "back"));
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { EjectFor = TimeSpan.FromMilliseconds(50) });
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        Assert.Equal("back", await gateway.TextAsync(Ask));
        Assert.Equal(2, asked);
    }
}
