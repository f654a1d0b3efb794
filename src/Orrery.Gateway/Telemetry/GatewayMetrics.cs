using System.Diagnostics.Metrics;
using Orrery.Gateway.Routing;
using Orrery.Resources.Demand;
using Orrery.Wire.Metrics;
using MeterTag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Orrery.Gateway.Telemetry;

/// <summary>The instruments of one gateway. What rises is measured when it happens; what rises and falls is read from the routes when somebody looks.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    // Bounds of buckets as the GenAI conventions advise.
    private static readonly double[] DurationBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly double[] FirstTokenBounds = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly double[] PerTokenBounds = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
    private static readonly double[] InterTokenBounds = [0.001, 0.0025, 0.005, .. PerTokenBounds];
    private static readonly long[] TokenBounds = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

    private readonly Meter _meter = new(TelemetryNames.Source);
    private readonly MeterReader _reader;
    private long _accessLinesLost;

    public GatewayMetrics(Router router, DemandMeter demand)
    {
        Requests = _meter.CreateCounter<long>(TelemetryNames.Requests, "{request}", "Requests that ended, by the class of the answer's status.");
        Errors = _meter.CreateCounter<long>(TelemetryNames.Errors, "{request}", "Requests that ended badly, by what went wrong.");
        Attempts = _meter.CreateCounter<long>(TelemetryNames.Attempts, "{attempt}", "Requests sent to a replica, by how that ended.");
        Duration = Seconds(TelemetryNames.Duration, "From a request's arrival to the end of its answer.", DurationBounds);
        QueueTime = Seconds(TelemetryNames.QueueTime, "How long a request waited for a replica, of those that got one.", [0, .. DurationBounds]);
        FirstToken = Seconds(TelemetryNames.FirstToken, "From arrival to the first byte of a streamed answer.", FirstTokenBounds);
        InterToken = Seconds(TelemetryNames.InterToken, "From a piece of a streamed answer to the next; a piece is mostly one token.", InterTokenBounds);
        PerToken = Seconds(TelemetryNames.PerToken, "Of a streamed answer: from its first piece to its last, for each event after the first.", PerTokenBounds);
        TokenUsage = _meter.CreateHistogram(
            TelemetryNames.TokenUsage, "{token}", "Tokens of a request's prompt and of its answer.", null, new InstrumentAdvice<long> { HistogramBucketBoundaries = TokenBounds });
        PromptTokens = _meter.CreateCounter<long>(TelemetryNames.PromptTokens, "{token}", "Tokens of prompts, as answers tell them.");
        GeneratedTokens = _meter.CreateCounter<long>(TelemetryNames.GeneratedTokens, "{token}", "Tokens of answers, as they tell them.");
        CachedTokens = _meter.CreateCounter<long>(TelemetryNames.CachedTokens, "{token}", "Tokens of prompts that replicas had in their caches, as answers tell them.");
        _meter.CreateObservableGauge(TelemetryNames.Waiting, () => OfServices(router, s => demand.Read(s.Service).Waiting), "{request}", "Requests that no replica has yet.");
        _meter.CreateObservableGauge(TelemetryNames.InFlight, () => OfServices(router, s => demand.Read(s.Service).InFlight), "{request}", "Requests that a replica works on.");
        _meter.CreateObservableGauge(TelemetryNames.Routes, () => RouteStates(router.Table), "{route}", "Services by what becomes of a request: ready, waits for a replica, or blocked.");
        _meter.CreateObservableGauge(TelemetryNames.Endpoints, () => EndpointStates(router), "{endpoint}", "Replicas that are ready by what is written of them, and of them those that failed lately and get no requests.");
        _meter.CreateObservableCounter(TelemetryNames.AccessLinesLost, () => Interlocked.Read(ref _accessLinesLost), "{line}", "Lines of the access log that could not be written.");
        _reader = new MeterReader(_meter, TelemetryNames.Views, TelemetryNames.Labels);
    }

    public ModelTagTable Models { get; } = new();

    public Counter<long> Requests { get; }

    public Counter<long> Errors { get; }

    public Counter<long> Attempts { get; }

    public Histogram<double> Duration { get; }

    public Histogram<double> QueueTime { get; }

    public Histogram<double> FirstToken { get; }

    public Histogram<double> InterToken { get; }

    public Histogram<double> PerToken { get; }

    public Histogram<long> TokenUsage { get; }

    public Counter<long> PromptTokens { get; }

    public Counter<long> GeneratedTokens { get; }

    public Counter<long> CachedTokens { get; }

    public void AccessLinesLost(int lines) => Interlocked.Add(ref _accessLinesLost, lines);

    public IReadOnlyList<MetricFamily> Read() => _reader.Read();

    public void Dispose()
    {
        _reader.Dispose();
        _meter.Dispose();
    }

    private Histogram<double> Seconds(string name, string description, double[] bounds)
        => _meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    // Models without a name of their own share one, and with it their sum.
    private IEnumerable<Measurement<long>> OfServices(Router router, Func<ServiceRoute, long> value)
        => router.Table.Services.GroupBy(s => Models.NameOf(s.ModelId))
            .Select(models => new Measurement<long>(models.Sum(value), new MeterTag(TelemetryNames.Model, models.Key)));

    private static IEnumerable<Measurement<long>> RouteStates(RouteTable table)
    {
        int ready = table.Services.Count(s => s.Ready);
        int blocked = table.Services.Count(s => !s.Ready && s.Blocked is not null);
        yield return new(ready, new MeterTag(TelemetryNames.State, "ready"));
        yield return new(table.Services.Length - ready - blocked, new MeterTag(TelemetryNames.State, "waiting"));
        yield return new(blocked, new MeterTag(TelemetryNames.State, "blocked"));
    }

    private IEnumerable<Measurement<long>> EndpointStates(Router router)
    {
        foreach (var models in router.Table.Services.GroupBy(s => Models.NameOf(s.ModelId)))
        {
            var all = models.SelectMany(s => s.Branches).SelectMany(b => b.Upstreams).Distinct().ToList();
            long ejected = all.Count(u => u.Ejected);
            var model = new MeterTag(TelemetryNames.Model, models.Key);
            yield return new(all.Count - ejected, model, new MeterTag(TelemetryNames.State, "ready"));
            yield return new(ejected, model, new MeterTag(TelemetryNames.State, "ejected"));
        }
    }
}
