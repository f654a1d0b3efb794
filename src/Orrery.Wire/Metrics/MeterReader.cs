using System.Diagnostics.Metrics;
using MeterTag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Orrery.Wire.Metrics;

/// <summary>
/// Adds up what the instruments of one meter measure, for <see cref="PrometheusText"/>. Measuring allocates nothing and takes no lock once a set
/// of tags was seen; what is observed is asked for at each reading, so that what is gone is not shown.
/// </summary>
public sealed class MeterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly IReadOnlyList<MetricView> _views;
    private readonly Dictionary<string, MeterFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _reading = new();

    /// <param name="meter">This one alone: another of the same name is another.</param>
    /// <param name="views">What is shown, in this order. Other instruments are not read.</param>
    /// <param name="labels">Labels of tags by the tags' keys; of others the key itself, dots as underscores.</param>
    public MeterReader(Meter meter, IReadOnlyList<MetricView> views, IReadOnlyDictionary<string, string> labels)
    {
        _views = views;
        var shown = views.ToDictionary(v => v.Instrument, StringComparer.Ordinal);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter) || !shown.TryGetValue(instrument.Name, out var view))
                return;
            var family = MeterFamily.Of(instrument, view, labels);
            lock (_reading)
                _families[view.Instrument] = family;
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MeterFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MeterFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MeterFamily)family!).Measure(value, tags));
        _listener.Start();
    }

    /// <summary>The present sums, in the order of the views.</summary>
    public IReadOnlyList<MetricFamily> Read()
    {
        lock (_reading)
        {
            foreach (var family in _families.Values)
                family.ForgetObserved();
            _listener.RecordObservableInstruments();
            return [.. _views.Where(v => _families.ContainsKey(v.Instrument)).Select(v => _families[v.Instrument].Read())];
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Sets of tags by their keys and values in their order, found without making one.</summary>
    internal sealed class TagComparer : IEqualityComparer<MeterTag[]>, IAlternateEqualityComparer<ReadOnlySpan<MeterTag>, MeterTag[]>
    {
        public bool Equals(MeterTag[]? x, MeterTag[]? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x.AsSpan(), y));

        public int GetHashCode(MeterTag[] tags) => GetHashCode(tags.AsSpan());

        public bool Equals(ReadOnlySpan<MeterTag> alternate, MeterTag[] other)
        {
            if (alternate.Length != other.Length)
                return false;
            for (int i = 0; i < other.Length; i++)
            {
                if (alternate[i].Key != other[i].Key || !Equals(alternate[i].Value, other[i].Value))
                    return false;
            }
            return true;
        }

        public int GetHashCode(ReadOnlySpan<MeterTag> tags)
        {
            int hash = tags.Length;
            foreach (var tag in tags)
                hash = HashCode.Combine(hash, tag.Value);
            return hash;
        }

        public MeterTag[] Create(ReadOnlySpan<MeterTag> tags) => tags.ToArray();
    }
}
