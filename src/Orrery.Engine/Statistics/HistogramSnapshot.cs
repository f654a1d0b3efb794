namespace Orrery.Engine.Statistics;

/// <summary>How durations were distributed.</summary>
/// <param name="Bounds">Upper bounds of the buckets in seconds, inclusive, ascending.</param>
/// <param name="Counts">In each bucket alone; one more than <paramref name="Bounds"/>: the last is for what is longer than all of them.</param>
/// <param name="SumSeconds">Of all durations.</param>
public sealed record HistogramSnapshot(IReadOnlyList<double> Bounds, IReadOnlyList<long> Counts, double SumSeconds)
{
    /// <summary>Nothing was measured, and there are no buckets to measure with.</summary>
    public static HistogramSnapshot Empty { get; } = new([], [0], 0);

    /// <summary>How many were measured.</summary>
    public long Count => Counts.Sum();
}
