using Orrery.Control.Revisions;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Stages;

/// <summary>
/// Replicas that a change takes beside those that serve: a canary's, or those that surge while others are replaced. They need room in memory as any others do.
/// Without it replicas are replaced where they are, unless the service says that none of them may be missing: then it waits. Pure.
/// </summary>
internal static class RolloutRoom
{
    /// <summary>How many there would be.</summary>
    /// <param name="engine">What runs as the engine; null: nothing.</param>
    public static int Asked(RolloutPlan? plan, WorkloadState? engine) => plan switch
    {
        null => 0,
        { Canary: { } canary } => canary.Replicas ?? 0,
        // Also those that still stop: they take their memory until they are gone.
        { Engine: { Paused: false, Replicas: > 0 } wanted } => Math.Min(wanted.MaxSurge, Earlier(wanted, engine).Count(r => r.Phase != ReplicaPhase.Waiting)),
        _ => 0,
    };

    /// <summary>The same change within its room.</summary>
    /// <param name="room">For so many of those that it asks for.</param>
    /// <param name="keepsAll">No replica that answers may be missing.</param>
    public static RolloutDecision Within(RolloutDecision decision, int room, WorkloadState? engine, bool keepsAll)
    {
        int asked = Asked(decision.Plan, engine);
        if (decision.Plan is not { } plan || room >= asked)
            return decision;
        if (plan.Canary is { } canary)
            return decision.With(Canary(plan, canary with { Replicas = room }));
        if (room > 0)
            return decision.With(plan with { Engine = plan.Engine with { MaxSurge = room } });
        bool breaks = Earlier(plan.Engine, engine).Any(r => r.Phase == ReplicaPhase.Ready) && plan.Engine.MaxUnavailable == 0;
        return decision.With(keepsAll && breaks ? Waiting(plan) : InPlace(plan));
    }

    private static IEnumerable<ReplicaState> Earlier(Workload wanted, WorkloadState? engine) => (engine?.Replicas ?? []).Where(r => r.Revision != wanted.Revision);

    private static RolloutPlan Canary(RolloutPlan plan, Workload canary) => plan with
    {
        Canary = canary,
        CanaryCondition = canary.Replicas > 0 ? plan.CanaryCondition : Conditions.Unknown(
            Rollout.CanaryHealthy, ServiceConditions.WaitingForMemory, $"revision {canary.Revision} waits for room in memory beside {plan.Engine.Revision}, which gets all requests"),
    };

    private static RolloutPlan InPlace(RolloutPlan plan) => plan with
    {
        Engine = plan.Engine with { MaxSurge = 0, MaxUnavailable = Math.Max(1, plan.Engine.MaxUnavailable) },
        Condition = plan.Condition with { Message = $"{plan.Condition.Message}; memory has no room for one more, so an earlier one goes first" },
    };

    private static RolloutPlan Waiting(RolloutPlan plan) => plan with
    {
        Engine = plan.Engine with { Paused = true },
        Condition = Conditions.Unknown(
            Rollout.RolledOut, ServiceConditions.WaitingForMemory,
            $"{plan.Condition.Message}; memory has no room for one more, and engine.deploymentStrategy.rollingUpdate.maxUnavailable is 0; set it to 1 to have an earlier one go first"),
    };
}
