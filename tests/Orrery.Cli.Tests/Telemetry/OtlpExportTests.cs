using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Orrery.Cli.Telemetry;
using Orrery.Cli.Up;
using Orrery.Gateway;
using Orrery.Local.Store;
using Orrery.Platform.Access;
using Orrery.Platform.Database;
using Orrery.Platform.Responses;
using Orrery.Resources.Demand;
using Orrery.Resources.Store;

namespace Orrery.Cli.Tests.Telemetry;

public sealed class OtlpExportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_collector_gets_traces_metrics_and_logs_of_a_request()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var (trace, client) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
        using (var export = OtlpExport.Start(new TelemetrySettings { OtlpEndpoint = receiver.Address + "/" }, "orrery")!)
        {
            // After the exporter in line, so what it hears of has been taken. A span ends when the client has its answer already.
            var ended = new TaskCompletionSource();
            using var listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Orrery.Gateway",
                ActivityStopped = span => _ = span.TraceId == trace && ended.TrySetResult(),
            };
            ActivitySource.AddActivityListener(listener);
            await using var gateway = await StartAsync(logging => logging.AddProvider(export.Logs));
            using var http = new HttpClient { BaseAddress = gateway.Address };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent("""{"model":"m","prompt":"sesame"}""", Encoding.UTF8) };
            request.Headers.Add("traceparent", $"00-{trace}-{client}-01");
            using var response = await http.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
            // While the gateway is there: what it would only tell when asked goes with it.
            export.Dispose();
        }

        var (resource, span) = Assert.Single(receiver.Of("traces"), s => s.Item.Bytes(1).SequenceEqual(Convert.FromHexString(trace.ToHexString())));
        Assert.Equal("orrery", resource["service.name"]);
        Assert.Equal(("chat", client.ToHexString()), (span.Text(5), Convert.ToHexStringLower(span.Bytes(4))));
        var attributes = span.Attributes(9);
        Assert.Equal(("chat", "500", "internal_error"), (attributes["gen_ai.operation.name"], attributes["http.response.status_code"], attributes["error.type"]));
        var metrics = receiver.Of("metrics").Select(m => m.Item.Text(1)).ToHashSet();
        Assert.Superset(new HashSet<string> { "gen_ai.server.request.duration", "orrery.gateway.requests", "orrery.gateway.errors", "orrery.gateway.routes" }, metrics);
        // Protobuf's LogRecord: the trace is field 9, the body 5.
        Assert.Contains(
            "POST /v1/chat/completions failed",
            receiver.Of("logs").Where(l => Convert.ToHexStringLower(l.Item.Bytes(9)) == trace.ToHexString()).Select(l => l.Item.At(5).Single().Text(1)));
        Assert.Equal(["application/x-protobuf"], receiver.ContentTypes);
    }

    [Fact]
    public async Task Of_requests_without_a_trace_a_share_is_traced()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using (OtlpExport.Start(new TelemetrySettings { OtlpEndpoint = receiver.Address, TraceRatio = 0 }, "orrery"))
        {
            await using var gateway = await StartAsync(_ => { });
            using var http = new HttpClient { BaseAddress = gateway.Address };
            using var response = await http.GetAsync("/nowhere/at/all", Ct);
        }

        Assert.DoesNotContain(receiver.Of("traces"), s => s.Item.Attributes(9).GetValueOrDefault("url.path") == "/nowhere/at/all");
        Assert.NotEmpty(receiver.Of("metrics"));
    }

    [Fact]
    public void Nothing_is_sent_where_nobody_is_named() => Assert.Null(OtlpExport.Start(new TelemetrySettings(), "orrery"));

    [Theory]
    [InlineData("localhost:4318", 1, "telemetry.otlpEndpoint: 'localhost:4318'")]
    [InlineData("http://user:secret@host:4318", 1, "telemetry.otlpEndpoint: ")]
    [InlineData("http://host:4318?key=secret", 1, "telemetry.otlpEndpoint: ")]
    [InlineData("/v1", 1, "telemetry.otlpEndpoint: '/v1'")]
    [InlineData("http://host:4318", -0.5, "telemetry.traceRatio: -0.5")]
    [InlineData("", double.NaN, "telemetry.traceRatio: NaN")]
    public void Settings_that_cannot_be_are_named(string endpoint, double ratio, string expected)
    {
        string problem = Assert.Single(new TelemetrySettings { OtlpEndpoint = endpoint, TraceRatio = ratio }.Problems());

        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    /// <summary>Of which every key is one that brings it to fail, so that it logs.</summary>
    private async Task<GatewayServer> StartAsync(Action<ILoggingBuilder> logging)
    {
        using var logs = LoggerFactory.Create(logging);
        var store = new ResourceStore(new MemoryChangeLog(), TimeProvider.System);
        var responses = new StoredResponses(await PlatformDatabase.OpenAsync(() => SqliteConnections.Open(_folder.File("platform.db")), Ct));
        var door = new FrontDoor(new GatewayOptions(), store, Fail, responses, new DemandMeter(TimeProvider.System), TimeProvider.System, logs);
        return await GatewayServer.StartAsync(door, new GatewayOptions(), new Uri("http://127.0.0.1:0"), logging, Ct);

        static Caller? Fail(string? key) => throw new InvalidOperationException("keys cannot be read");
    }
}
