using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using MeterTag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Orrery.Wire.Metrics;

/// <summary>What one instrument has measured, by its tags.</summary>
internal sealed class MeterFamily
{
    /// <summary>Sets of tags that are kept apart. Further ones are added up as one, whose labels all say so.</summary>
    public const int MaxSeries = 10_000;

    private const string Other = "other";

    // What the OpenTelemetry SDK takes where an instrument says nothing.
    private static readonly double[] UsualBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly MetricView _view;
    private readonly MetricKind _kind;
    private readonly bool _observed;
    private readonly string _help;
    private readonly double[] _bounds;
    private readonly IReadOnlyDictionary<string, string> _labels;
    private readonly ConcurrentDictionary<MeterTag[], MeterSeries> _series = new(new MeterReader.TagComparer());

    private MeterFamily(Instrument instrument, MetricView view, IReadOnlyDictionary<string, string> labels)
    {
        _view = view;
        _kind = KindOf(instrument);
        _observed = instrument.IsObservable;
        _help = instrument.Description ?? "";
        _bounds = _kind == MetricKind.Histogram ? BoundsOf(instrument) : [];
        _labels = labels;
    }

    public static MeterFamily Of(Instrument instrument, MetricView view, IReadOnlyDictionary<string, string> labels) => new(instrument, view, labels);

    public void Measure(double value, ReadOnlySpan<MeterTag> tags)
    {
        var series = SeriesOf(tags);
        if (_kind == MetricKind.Histogram)
            series.Observe(value);
        else if (_observed || _kind == MetricKind.Gauge)
            series.Set(value);
        else
            series.Add(value);
    }

    /// <summary>Before what is observed is asked for again.</summary>
    public void ForgetObserved()
    {
        if (_observed)
            _series.Clear();
    }

    public MetricFamily Read()
        => new(_view.Name, _kind, _help, [.. _series.Values.Select(s => s.Read(_kind)).OrderBy(s => string.Join('\n', s.Labels.Select(l => l.Value)), StringComparer.Ordinal)]);

    private MeterSeries SeriesOf(ReadOnlySpan<MeterTag> tags)
    {
        var found = _series.GetAlternateLookup<ReadOnlySpan<MeterTag>>();
        if (found.TryGetValue(tags, out var series))
            return series;
        // May be overshot by as many as measure at the same moment.
        MeterTag[] kept = _series.Count < MaxSeries ? tags.ToArray() : [.. tags.ToArray().Select(t => new MeterTag(t.Key, Other))];
        return _series.GetOrAdd(kept, key => new MeterSeries([.. key.Select(Label)], _bounds));
    }

    private MetricLabel Label(MeterTag tag) => new(
        _labels.TryGetValue(tag.Key, out string? name) ? name : tag.Key.Replace('.', '_'),
        Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");

    private static MetricKind KindOf(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        return kind == typeof(Histogram<>) ? MetricKind.Histogram
            : kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? MetricKind.Counter
            : kind == typeof(Gauge<>) || kind == typeof(ObservableGauge<>) ? MetricKind.Gauge
            : throw new ArgumentException($"'{instrument.Name}' is a {instrument.GetType().Name}, which is not read here", nameof(instrument));
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        _ => UsualBounds,
    };
}
