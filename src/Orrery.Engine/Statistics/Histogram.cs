namespace Orrery.Engine.Statistics;

/// <summary>Counts durations in fixed buckets. Any thread may add and read, without a lock; adding allocates nothing.</summary>
internal sealed class Histogram
{
    /// <summary>
    /// In seconds, the same for all: histograms can be laid over each other and added up. From a step of a very small model to a
    /// long text of a large one, in steps that leave an estimated quantile within a factor of 2.5.
    /// </summary>
    private static readonly double[] Bounds =
    [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500,
    ];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private long _ticks;

    public void Add(TimeSpan duration)
    {
        double seconds = duration.TotalSeconds;
        int bucket = 0;
        while (bucket < Bounds.Length && seconds > Bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _ticks, duration.Ticks);
    }

    /// <summary>A duration that is added meanwhile may already be in the buckets and not yet in the sum.</summary>
    public HistogramSnapshot Snapshot()
    {
        long[] counts = new long[_counts.Length];
        for (int i = 0; i < counts.Length; i++)
            counts[i] = Volatile.Read(ref _counts[i]);
        return new HistogramSnapshot(Bounds, counts, TimeSpan.FromTicks(Volatile.Read(ref _ticks)).TotalSeconds);
    }
}
