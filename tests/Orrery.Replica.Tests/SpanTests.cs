using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

/// <summary>Listens to spans of its own trace alone: tests beside it have the same sources.</summary>
public sealed class SpanTests
{
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId _gateway = ActivitySpanId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _spans = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queue_prefill_and_decode_are_spans_inside_the_requests_own()
    {
        using var listener = Listen();
        await using var model = LocalTextModel.Load(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), new EngineOptions());
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        await AskAsync(replica, "/v1/completions", """{"prompt":"Once upon a time","max_tokens":5,"temperature":0}""");

        var request = await SpanAsync("/v1/completions");
        var parts = new[] { await SpanAsync("queue"), await SpanAsync("prefill"), await SpanAsync("decode") };
        Assert.Equal((_gateway, ActivityKind.Server, 200), (request.ParentSpanId, request.Kind, request.GetTagItem("http.response.status_code")));
        Assert.All(parts, p => Assert.Equal(request.SpanId, p.ParentSpanId));
        Assert.Equal(5, parts[2].GetTagItem("orrery.generated_tokens"));
        Assert.True((int)parts[1].GetTagItem("orrery.prompt_tokens")! > 1);
        // One begins where the one before ends.
        Assert.Equal(parts[0].StartTimeUtc + parts[0].Duration, parts[1].StartTimeUtc);
        Assert.Equal(parts[1].StartTimeUtc + parts[1].Duration, parts[2].StartTimeUtc);
        Assert.DoesNotContain(_spans.SelectMany(s => s.TagObjects), t => t.Value is string text && text.Contains("upon", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_is_not_recorded_has_no_spans()
    {
        using var listener = Listen();
        await using var model = LocalTextModel.Load(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), new EngineOptions());
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        await AskAsync(replica, "/v1/completions", """{"prompt":"Once","max_tokens":2}""", $"00-{ActivityTraceId.CreateRandom()}-{_gateway}-00");

        Assert.Empty(_spans);
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Orrery.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private async Task AskAsync(ReplicaUnderTest replica, string path, string json, string? parent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8) };
        request.Headers.Add("traceparent", parent ?? $"00-{_trace}-{_gateway}-01");
        using var response = await replica.Client.SendAsync(request, Ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>It ends after the client has its answer.</summary>
    private Task<Activity> SpanAsync(string name) => Eventually.SeesAsync(
        () => Task.FromResult(_spans.FirstOrDefault(s => s.OperationName == name)), () => string.Join(", ", _spans.Select(s => s.OperationName)));
}
