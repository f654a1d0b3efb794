using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Downloads;

/// <summary>How long to wait before an origin is asked again. Pure.</summary>
/// <param name="First">Before the second try.</param>
/// <param name="Longest">Before any.</param>
/// <param name="MaxFailures">In a row, without a byte between them; then it is given up for now.</param>
public sealed record RetryPlan(TimeSpan First, TimeSpan Longest, int MaxFailures)
{
    public static RetryPlan Default { get; } = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(60), MaxFailures: 7);

    /// <param name="failures">In a row, this one included: 1 or more.</param>
    /// <param name="random">0 to 1. Half of each wait is left to it, so that many who failed together do not come back together.</param>
    /// <returns>Null: do not ask again.</returns>
    public TimeSpan? Next(OriginFault fault, int failures, TimeSpan? retryAfter, double random)
    {
        if (fault is not (OriginFault.Busy or OriginFault.Unavailable or OriginFault.Broken) || failures > MaxFailures)
            return null;
        double doubled = Math.Min(First.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30)), Longest.TotalMilliseconds);
        var wait = TimeSpan.FromMilliseconds(doubled * (0.5 + random / 2));
        return retryAfter is { } asked && asked > wait ? asked : wait;
    }
}
