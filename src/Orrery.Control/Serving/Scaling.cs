using Orrery.Resources.Demand;
using Orrery.Resources.Serving;

namespace Orrery.Control.Serving;

/// <summary>How many replicas a component wants. Pure.</summary>
public static class Scaling
{
    /// <summary>A service with <c>minReplicas: 0</c> keeps its replica this long after its last request.</summary>
    public static TimeSpan IdleTime { get; } = TimeSpan.FromMinutes(5);

    /// <param name="Replicas">Wanted now.</param>
    /// <param name="LookAgain">When the answer may change by time alone; null: it does not.</param>
    public readonly record struct Decision(int Replicas, TimeSpan? LookAgain);

    public static Decision Desired(ComponentSpec component, ServiceDemand demand, DateTimeOffset now)
    {
        int min = component.MinReplicas ?? 1;
        if (min > 0)
            return new Decision(min, null);
        if (demand.Waiting + demand.InFlight > 0)
            return new Decision(1, null);
        if (demand.LastUsed is { } used && now - used < IdleTime)
            return new Decision(1, IdleTime - (now - used));
        return new Decision(0, null);
    }
}
