using Orrery.Resources.Workloads;

namespace Orrery.Control.Scaling;

/// <summary>
/// A component's load by the metric that it is scaled by: the total over all its replicas, and what one replica should have of it. Pure. Totals, never averages of
/// replicas: an average falls as soon as there are more of them, and the number of replicas would swing with it.
/// </summary>
/// <param name="Total">As far as it was seen.</param>
/// <param name="Unseen">Replicas that nothing is known of yet.</param>
internal readonly record struct ScalingLoad(double Total, double Target, int Unseen = 0)
{
    /// <summary>
    /// Half of the 16 sequences that our engine computes at a time: above it every sequence gets slower, and the other half takes what arrives while a further
    /// replica starts.
    /// </summary>
    private const double Concurrency = 8;

    // What the engine computes at a time, where the service does not say what one replica takes.
    private const double Capacity = 16;

    // Half a full engine's worth of requests that have no place at all.
    private const double Queue = 8;

    // A long context, or eight conversations of a thousand tokens.
    private const double Tokens = 8192;

    // Eight requests at a time that take two seconds each.
    private const double RequestsPerSecond = 4;

    private const double Percent = 80;

    // A tenth more or less is no reason to start or stop anything; a little above it, for what rounding adds.
    private const double Tolerance = 0.1 + 1e-9;

    /// <summary>Null: the metric says nothing, for want of a limit.</summary>
    public static ScalingLoad? Of(ScalingQuestion asked, ScalingHistory history)
    {
        var (component, demand) = (asked.Component, asked.Demand);
        double? target = component.ScaleTarget is > 0 and var set ? set : null;
        double? taken = component.ContainerConcurrency is > 0 and var limit ? limit : null;
        return component.ScaleMetric switch
        {
            // Those in flight hold the replicas that work on them: the queue alone would be empty as soon as there are enough, and they would go again.
            "queue" => new ScalingLoad(demand.Waiting / (target ?? Queue) + demand.InFlight / (taken ?? Capacity), 1),
            "tokens" => new ScalingLoad(demand.TokensInFlight, target ?? Tokens),
            "rps" => new ScalingLoad(history.ArrivalRate(asked.Now, demand.Arrived), target ?? RequestsPerSecond),
            "cpu" => Used(asked, history, target, r => asked.Limits.Processors is > 0 and var all ? history.ProcessorShare(r.Replica) / all : null, asked.Limits.Processors is > 0),
            "memory" => Used(asked, history, target, r => (double)r.MemoryBytes / asked.Limits.MemoryBytes, asked.Limits.MemoryBytes is > 0),
            _ => new ScalingLoad(demand.Waiting + demand.InFlight, target ?? taken ?? Concurrency),
        };
    }

    /// <summary>By <c>ceil(total / target)</c>.</summary>
    public int Replicas(int current)
    {
        // A replica of which nothing is known adds none, and takes none away.
        int least = Replicas(Total, current), most = Replicas(Total + Unseen * Target, current);
        return Math.Clamp(current, least, most);
    }

    private static ScalingLoad? Used(
        ScalingQuestion asked, ScalingHistory history, double? target, Func<ReplicaUsage, double?> share, bool limited)
    {
        if (!limited)
            return null;
        List<double> seen = [.. asked.Usage.Select(share).OfType<double>()];
        return new ScalingLoad(seen.Sum() * 100, target ?? Percent, Math.Max(0, history.Replicas - seen.Count));
    }

    private int Replicas(double total, int current)
        => current > 0 && Math.Abs(total / (current * Target) - 1) <= Tolerance ? current
            : (int)Math.Min(Math.Ceiling(total / Target), ScalingPlan.MaxReplicas);
}
