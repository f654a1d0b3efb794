namespace Orrery.Wire.Metrics;

/// <summary>What was measured under one set of tags. Safe for use by several threads; a reading may fall between an observation's bucket and its sum.</summary>
/// <param name="bounds">Of a histogram's buckets; else empty.</param>
internal sealed class MeterSeries(MetricLabel[] labels, double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    public void Set(double value) => Volatile.Write(ref _sum, value);

    public void Add(double value)
    {
        double before = Volatile.Read(ref _sum);
        while (true)
        {
            double seen = Interlocked.CompareExchange(ref _sum, before + value, before);
            if (seen.Equals(before))
                return;
            before = seen;
        }
    }

    public void Observe(double value)
    {
        int bucket = Array.BinarySearch(bounds, value);
        Interlocked.Increment(ref _counts[bucket < 0 ? ~bucket : bucket]);
        Add(value);
    }

    public MetricSample Read(MetricKind kind) => kind == MetricKind.Histogram
        ? new MetricSample.Distribution(labels, bounds, [.. _counts.Select((_, i) => Interlocked.Read(ref _counts[i]))], Volatile.Read(ref _sum))
        : new MetricSample.Number(labels, Volatile.Read(ref _sum));
}
