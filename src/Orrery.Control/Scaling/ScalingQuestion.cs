using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Scaling;

/// <summary>Everything that a decision about the number of a component's replicas looks at.</summary>
/// <param name="History">From the decision before; null: there was none since this process started.</param>
public sealed record ScalingQuestion(ComponentSpec Component, ServiceDemand Demand, ScalingHistory? History, DateTimeOffset Now)
{
    /// <summary>Replicas that run where there is no history: what is there is not taken away before a whole window was seen.</summary>
    public int Running { get; init; }

    /// <summary>What its replicas use now. Looked at for <c>cpu</c> and <c>memory</c> alone.</summary>
    public IReadOnlyList<ReplicaUsage> Usage { get; init; } = [];

    /// <summary>What one replica may use: 100 percent. Without a limit that metric says nothing, and the number stays as it is.</summary>
    public WorkloadResources Limits { get; init; } = WorkloadResources.Unlimited;
}

/// <param name="Replicas">Wanted now.</param>
/// <param name="LookAgain">When the answer may change without anybody saying so; null: it does not.</param>
/// <param name="Least">Of <paramref name="Replicas"/>: so many are there without any demand.</param>
/// <param name="History">For the next question.</param>
public sealed record ScalingDecision(int Replicas, TimeSpan? LookAgain, int Least, ScalingHistory History);
