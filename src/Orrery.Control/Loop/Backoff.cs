namespace Orrery.Control.Loop;

/// <summary>Delay before the next try: doubles from the first to the longest.</summary>
public static class Backoff
{
    public static TimeSpan First { get; } = TimeSpan.FromMilliseconds(50);

    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(60);

    /// <param name="failures">In a row so far; 1 gives <see cref="First"/>.</param>
    public static TimeSpan Delay(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        double ms = First.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30));
        return ms >= Longest.TotalMilliseconds ? Longest : TimeSpan.FromMilliseconds(ms);
    }
}
