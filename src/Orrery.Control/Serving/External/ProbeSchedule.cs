namespace Orrery.Control.Serving.External;

/// <summary>When a server is asked again. Pure.</summary>
internal static class ProbeSchedule
{
    /// <summary>After a good answer.</summary>
    public static TimeSpan Period { get; } = TimeSpan.FromSeconds(60);

    /// <summary>After the first bad one; doubles up to <see cref="Period"/>.</summary>
    public static TimeSpan First { get; } = TimeSpan.FromSeconds(5);

    /// <param name="failures">In a row; 0: it answered well.</param>
    /// <param name="random">From 0 to 1: up to a tenth more or less, so that many services do not ask at once.</param>
    public static TimeSpan Next(int failures, double random)
    {
        double seconds = failures == 0 ? Period.TotalSeconds : Math.Min(Period.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 16)));
        return TimeSpan.FromSeconds(seconds * (0.9 + (0.2 * random)));
    }
}
