namespace Orrery.Wire.Metrics;

/// <summary>All samples of one name, as a scrape shows them.</summary>
/// <param name="Name">Letters, digits and underscores; a counter's ends in <c>_total</c>, a unit comes before that: <c>orrery_prompt_tokens_total</c>.</param>
/// <param name="Help">One line for people.</param>
/// <param name="Samples">Each with its own labels; of the sort that <paramref name="Kind"/> asks for.</param>
public sealed record MetricFamily(string Name, MetricKind Kind, string Help, IReadOnlyList<MetricSample> Samples);

public enum MetricKind
{
    /// <summary>Only rises, from 0 at the program's start.</summary>
    Counter,

    /// <summary>Rises and falls.</summary>
    Gauge,

    /// <summary>Observations in buckets.</summary>
    Histogram,
}

/// <summary>One of the nested cases.</summary>
public abstract record MetricSample(IReadOnlyList<MetricLabel> Labels)
{
    /// <summary>Of a counter or a gauge.</summary>
    public sealed record Number(IReadOnlyList<MetricLabel> Labels, double Value) : MetricSample(Labels);

    /// <param name="Bounds">Upper bounds of the buckets, inclusive, ascending; the last bucket has none and is not listed.</param>
    /// <param name="Counts">In each bucket alone; one more than <paramref name="Bounds"/>.</param>
    /// <param name="Sum">Of everything observed.</param>
    public sealed record Distribution(IReadOnlyList<MetricLabel> Labels, IReadOnlyList<double> Bounds, IReadOnlyList<long> Counts, double Sum) : MetricSample(Labels);
}

/// <param name="Value">Any text.</param>
public readonly record struct MetricLabel(string Name, string Value);
