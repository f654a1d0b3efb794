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

    public static ResidentService Asked(ServiceObservation seen, ServiceStages stages, IReadOnlyList<ComponentPlan> components)
    {
        var engine = components.First(c => c.Role == ComponentRole.Engine);
        var state = seen.Running(engine.Role.Name);
        // Those that the runtime is about to start count too.
        int running = Math.Max(Math.Max(state?.Replicas.Count ?? 0, state?.Desired ?? 0), seen.Workloads.Values.Any(w => w.Replicas.Count > 0) ? 1 : 0);
        var spec = seen.Service.Spec;
        var asked = new ResidentService(seen.Document.Key, ServingNames.Engine(seen.Document.Metadata.Name!), engine.Workload?.Revision)
        {
            Running = running,
            Report = state,
            Ready = state?.Replicas.Count(r => r.Phase == ReplicaPhase.Ready) ?? 0,
            Priority = spec.Priority ?? 0,
            Pinned = spec.Pinned ?? false,
        };
        // Where a stage keeps it from being rendered, what runs goes on and nothing more is asked for.
        return engine.Workload is null
            ? asked with { Wanted = running }
            : asked with { Wanted = engine.Scale.Wanted.Replicas, Least = engine.Scale.Wanted.Least, ForeseenBytes = Foreseen(stages.Fit) };
    }

    // Of a model on accelerators only what was measured counts: its weights are elsewhere.
    private static long? Foreseen(FitResult? fit) => fit is FitResult.Fits { Figures: { Room.IsAccelerator: false } figures } ? figures.PerAccelerator(1) : null;
}
