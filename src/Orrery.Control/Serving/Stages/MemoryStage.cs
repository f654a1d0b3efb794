using Orrery.Control.Fitting;
using Orrery.Control.Residency;
using Orrery.Control.Serving.Components;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Stages;

/// <summary>What a service asks of the memory that all share, and what it is told. Pure.</summary>
internal static class MemoryStage
{
    private const string Type = ServiceConditions.MemoryGranted;

    public static Condition Of(Grant grant) => grant.Outcome switch
    {
        GrantOutcome.WaitingForMemory => Conditions.False(Type, ServiceConditions.WaitingForMemory, grant.Message),
        GrantOutcome.Evicted => Conditions.False(Type, ServiceConditions.Evicted, grant.Message),
        GrantOutcome.TooLarge => Conditions.False(Type, ServiceConditions.LargerThanBudget, grant.Message),
        GrantOutcome.Fewer => Conditions.True(Type, "FewerReplicas", grant.Message),
        GrantOutcome.OverBudget => Conditions.True(Type, "OverBudget", grant.Message),
        _ => Conditions.True(Type, "Granted", grant.Message),
    };

    /// <summary>An evicted service is as good as one that is scaled to zero: the next request starts it.</summary>
    public static bool IsReadyToServe(Condition condition) => condition.Status == "True" || condition is { Type: Type, Reason: ServiceConditions.Evicted };

    /// <param name="rollout">As it would be if there were room for it.</param>
    public static ResidentService Asked(ServiceObservation seen, ServiceStages stages, IReadOnlyList<ComponentPlan> components, RolloutDecision rollout)
    {
        var engine = components.First(c => c.Role == ComponentRole.Engine);
        WorkloadState? state = seen.Running(engine.Role.Name), canary = seen.Running(ServingNames.Canary);
        int running = Math.Max(Count(state) + Count(canary), seen.Workloads.Values.Any(w => w.Replicas.Count > 0) ? 1 : 0);
        var spec = seen.Service.Spec;
        var asked = new ResidentService(seen.Document.Key, ServingNames.Engine(seen.Document.Metadata.Name!), (rollout.Plan?.Engine ?? engine.Workload)?.Revision)
        {
            Running = running,
            Report = state,
            Ready = Answering(state) + Answering(canary),
            Priority = spec.Priority ?? 0,
            Pinned = spec.Pinned ?? false,
        };
        // Where a stage keeps it from running, what runs goes on and nothing more is asked for.
        if (rollout.Plan is null)
            return asked with { Wanted = running };
        var (wanted, extra) = (engine.Scale.Wanted, RolloutRoom.Asked(rollout.Plan, state));
        var others = components.Where(c => c != engine).ToList();
        return asked with
        {
            Wanted = wanted.Replicas + extra,
            Extra = extra,
            // They are asked for as long as something runs that they are to replace, whether or not somebody uses it.
            Least = extra == 0 ? wanted.Least : Math.Max(wanted.Least, Math.Min(wanted.Replicas, Count(state))) + extra,
            ForeseenBytes = Foreseen(stages.Fit),
            BesideForeseenBytes = others.Sum(c => c.Scale.Wanted.Replicas * (c.Role.LoadsModel ? Foreseen(stages.Rooms[c.Role].Fit) : c.Workload?.Resources.MemoryBytes) ?? 0),
            IsBesideUp = others.TrueForAll(c => Answering(seen.Running(c.Role.Name)) >= c.Scale.Wanted.Replicas),
        };
    }

    /// <summary>The change as far as there is room for it.</summary>
    public static RolloutDecision Within(RolloutDecision rollout, ServiceObservation seen, IReadOnlyList<ComponentPlan> components)
    {
        var engine = components.First(c => c.Role == ComponentRole.Engine);
        return seen.Grant is not { } grant ? rollout : RolloutRoom.Within(
            rollout, Math.Max(0, grant.Replicas - engine.Scale.Wanted.Replicas), seen.Running(engine.Role.Name), ReplacementBounds.KeepsAll(engine.Spec.DeploymentStrategy));
    }

    // Those that the runtime is about to start count too.
    private static int Count(WorkloadState? state) => Math.Max(state?.Replicas.Count ?? 0, state?.Desired ?? 0);

    private static int Answering(WorkloadState? state) => state?.Replicas.Count(r => r.Phase == ReplicaPhase.Ready) ?? 0;

    // Of a model on accelerators only what was measured counts: its weights are elsewhere.
    private static long? Foreseen(FitResult? fit) => fit is FitResult.Fits { Figures: { Room.IsAccelerator: false } figures } ? figures.PerAccelerator(1) : null;
}
