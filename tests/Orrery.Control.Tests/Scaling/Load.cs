using Orrery.Control.Scaling;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Scaling;

/// <summary>Asks again and again, as a controller does.</summary>
internal sealed class Load(ComponentSpec component)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = Start;

    public int Running { get; init; }

    public WorkloadResources Limits { get; init; } = WorkloadResources.Unlimited;

    public ScalingDecision Last { get; private set; } = null!;

    public int Replicas => Last.Replicas;

    public ScalingDecision At(DateTimeOffset now, ServiceDemand demand, IReadOnlyList<ReplicaUsage>? usage = null)
    {
        _now = now;
        return Last = ScalingPlan.Desired(new ScalingQuestion(component, demand, Last?.History, now) { Running = Running, Usage = usage ?? [], Limits = Limits });
    }

    /// <summary>Two seconds later.</summary>
    public ScalingDecision Next(ServiceDemand demand) => At(_now.AddSeconds(2), demand);

    public void For(TimeSpan time, ServiceDemand demand)
    {
        for (var end = _now + time; _now < end;)
            Next(demand);
    }
}
