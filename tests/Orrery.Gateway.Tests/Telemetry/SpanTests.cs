using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Orrery.Gateway.Tests.Fixtures;

namespace Orrery.Gateway.Tests.Telemetry;

/// <summary>Listens to spans of its own trace alone: tests beside it have the same source.</summary>
public sealed class SpanTests : IDisposable
{
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId _client = ActivitySpanId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public SpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Orrery.Gateway",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_a_span_under_the_clients_and_the_replica_gets_one_of_its_own()
    {
        await using var replica = await ScriptedReplica.SayingAsync("""{"text":"sesame","usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12}}""");
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);

        var asking = AskAsync(gateway, """{"model":"m","messages":["sesame"]}""");
        await gateway.WaitsAsync("m", 1);
        await gateway.SetReplicasAsync("m", replica);
        Assert.Equal(HttpStatusCode.OK, (await asking).StatusCode);

        var chat = await SpanAsync("chat m");
        var (queue, relay) = (await SpanAsync("queue"), await SpanAsync("relay"));
        Assert.Equal((_client, ActivityKind.Server, ActivityStatusCode.Unset), (chat.ParentSpanId, chat.Kind, chat.Status));
        Assert.Equal((chat.SpanId, chat.SpanId, ActivityKind.Client), (queue.ParentSpanId, relay.ParentSpanId, relay.Kind));
        Assert.Equal(("chat", "m", 200, 7L, 5L), (
            chat.GetTagItem("gen_ai.operation.name"), chat.GetTagItem("gen_ai.request.model"), chat.GetTagItem("http.response.status_code"),
            chat.GetTagItem("gen_ai.usage.input_tokens"), chat.GetTagItem("gen_ai.usage.output_tokens")));
        Assert.True(queue.Duration > TimeSpan.Zero && queue.StartTimeUtc + queue.Duration <= relay.StartTimeUtc + TimeSpan.FromMilliseconds(50));
        var got = Assert.Single(replica.Requests).Headers;
        Assert.Equal($"00-{_trace}-{relay.SpanId}-01", got["traceparent"]);
        Assert.Equal("vendor=1", got["tracestate"]);
        Assert.DoesNotContain(_spans.SelectMany(s => s.TagObjects), t => t.Value is string text && text.Contains("sesame", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_attempt_is_a_span_and_a_failed_one_says_why()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { ColdStartWait = TimeSpan.Zero });
        await gateway.ServeAsync("m", new NobodyThere(), new NobodyThere());
        await gateway.SeesModelAsync("m", ready: true);
        await gateway.SettledAsync(new NobodyThere());

        Assert.Equal(HttpStatusCode.BadGateway, (await AskAsync(gateway, """{"model":"m"}""")).StatusCode);

        var chat = await SpanAsync("chat m");
        Assert.Equal((ActivityStatusCode.Error, "upstream_failed"), (chat.Status, chat.GetTagItem("error.type")));
        Assert.Equal(
            [(1, "unreachable"), (2, "unreachable")],
            _spans.Where(s => s.OperationName == "relay").Select(s => ((int)s.GetTagItem("orrery.attempt")!, (string)s.GetTagItem("error.type")!)));
    }

    [Fact]
    public async Task Names_of_models_that_are_not_there_are_in_no_span()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(gateway, """{"model":"nope"}""")).StatusCode);

        var chat = await SpanAsync("chat");
        Assert.Equal("model_not_found", chat.GetTagItem("error.type"));
        Assert.DoesNotContain(chat.TagObjects, t => t.Value is string text && text.Contains("nope", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_no_span_is_made_the_clients_own_goes_on_as_it_came()
    {
        await using var replica = await ScriptedReplica.SayingAsync("{}");
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        string other = $"00-{ActivityTraceId.CreateRandom()}-{_client}-00";

        await AskAsync(gateway, """{"model":"m"}""", other);

        Assert.Equal(other, Assert.Single(replica.Requests).Headers["traceparent"]);
        Assert.Empty(_spans);
    }

    public void Dispose() => _listener.Dispose();

    private async Task<HttpResponseMessage> AskAsync(GatewayUnderTest gateway, string json, string? parent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(json, Encoding.UTF8) };
        request.Headers.Add("traceparent", parent ?? $"00-{_trace}-{_client}-01");
        request.Headers.Add("tracestate", "vendor=1");
        return await gateway.Client.SendAsync(request, Ct);
    }

    /// <summary>It ends after the client has its answer.</summary>
    private Task<Activity> SpanAsync(string name) => Eventually.SeesAsync(
        () => Task.FromResult(_spans.FirstOrDefault(s => s.DisplayName == name)), () => string.Join(", ", _spans.Select(s => s.DisplayName)));
}
