namespace Orrery.Control.Scaling;

/// <summary>
/// How many replicas a component wants. Pure.
/// <code>
///   metric ─▶ ceil(total / target) ─▶ windows ─▶ growth per step ─▶ bounds of now ─▶ idle: zero
/// </code>
/// More only when no fewer were wanted for the upper window (default none), fewer only when no more were wanted for the lower one (default 300 s): load that swings
/// faster than the windows moves nothing.
/// </summary>
public static class ScalingPlan
{
    internal const int MaxReplicas = 1000;

    private const int IdleSeconds = 300, DownSeconds = 300, UpSeconds = 0;

    // Twice as many and four more in so long: a burst is followed, and a wrong figure starts no hundreds.
    private const int StepFactor = 2, StepMore = 4;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan WhileBusy = TimeSpan.FromSeconds(2);

    public static ScalingDecision Desired(ScalingQuestion asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var (component, demand, now) = (asked.Component, asked.Demand, asked.Now);
        TimeSpan up = TimeSpan.FromSeconds(component.ScaleUpStabilizationSeconds ?? UpSeconds), down = TimeSpan.FromSeconds(component.ScaleDownStabilizationSeconds ?? DownSeconds);
        var bounds = ScalingBounds.At(component, now);
        bool busy = demand.Waiting + demand.InFlight > 0;

        // :: Wanted by load
        var history = (asked.History ?? ScalingHistory.Beginning(asked.Running, now)).Used(now, asked.Usage);
        int current = history.Replicas;
        int wanted = Math.Max(ScalingLoad.Of(asked, history)?.Replicas(current) ?? current, busy ? 1 : 0);
        history = history.Add(now, wanted, demand.Arrived, new[] { up, down, ScalingHistory.RateWindow }.Max());

        // :: Windows, then growth
        int grown = Math.Max(current, history.Least(now, up, wanted));
        int next = Math.Min(grown, history.Most(now, down, wanted));
        next = Math.Min(next, Math.Max(current, Math.Max(history.RampFromAt(now, Step), bounds.Least) * StepFactor + StepMore));

        // :: Bounds, and zero
        next = Math.Clamp(next, Math.Min(Math.Max(1, bounds.Least), bounds.Most), bounds.Most);
        TimeSpan? toZero = null;
        if (bounds.Least == 0 && !busy)
        {
            var idle = TimeSpan.FromSeconds(component.ScaleToZeroAfterSeconds ?? IdleSeconds);
            toZero = demand.LastUsed is { } used ? used + idle - now : TimeSpan.Zero;
            if (toZero <= TimeSpan.Zero)
                (next, toZero) = (0, null);
        }
        history = history.Decided(next, now, Step);
        return new ScalingDecision(next, LookAgain(asked, history, bounds, down, busy, toZero), bounds.Least, history);
    }

    private static TimeSpan? LookAgain(ScalingQuestion asked, ScalingHistory history, ScalingBounds bounds, TimeSpan down, bool busy, TimeSpan? toZero)
    {
        var now = asked.Now;
        List<TimeSpan> times = [];
        if (toZero is { } idle)
            times.Add(idle);
        if (bounds.Until is { } change)
            times.Add(change - now);
        bool canGrow = bounds.Most > Math.Max(1, bounds.Least), canShrink = history.Replicas > Math.Max(1, bounds.Least);
        if (canGrow && (busy || canShrink && asked.Component.ScaleMetric is "cpu" or "memory" or "rps"))
            times.Add(WhileBusy);
        // Without demand the load stays what it is: the next change is when the window has forgotten the time when this many were wanted.
        else if (canShrink && history.Samples.FindLast(s => s.Most >= history.Replicas) is { } last)
            times.Add(last.Until + down - now);
        return times.Count == 0 ? null : times.Select(t => t <= TimeSpan.Zero ? WhileBusy : t).Min();
    }
}
