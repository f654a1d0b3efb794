using Orrery.Control.Revisions;
using Orrery.Control.Runtimes;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Stages;

/// <summary>How what is asked for now comes to run: which workloads, under which keys. What runs beside them and is no component, such as a canary, is deleted.</summary>
/// <param name="Plan">Of the engine's revisions. Null: there is no engine to decide about now.</param>
internal sealed record RolloutDecision(IReadOnlyList<Workload> Workloads, RolloutPlan? Plan)
{
    /// <summary>What there is to say of it: of what changes, never of whether anybody answers.</summary>
    public IEnumerable<Condition> Conditions => Plan is null ? [] : [Plan.Condition, .. Plan.CanaryCondition is { } canary ? [canary] : Array.Empty<Condition>()];

    public static RolloutDecision Nothing { get; } = new([], null);

    /// <summary>The same with another plan of the engine's revisions.</summary>
    public RolloutDecision With(RolloutPlan plan)
    {
        var others = Workloads.Where(w => w != Plan?.Engine && w != Plan?.Canary);
        return new RolloutDecision([plan.Engine, .. others, .. plan.Canary is { } canary ? [canary] : Array.Empty<Workload>()], plan);
    }
}

/// <summary>The one place where what is asked for becomes what is applied. Pure.</summary>
internal static class RolloutStage
{
    /// <param name="asked">Every component as the spec asks for it, rendered; a component that cannot be rendered now is missing.</param>
    public static RolloutDecision Of(ServiceObservation seen, RuntimeCandidate runtime, IReadOnlyList<Workload> asked)
    {
        if (asked.FirstOrDefault(w => w.Component == ServingNames.EngineComponent) is not { } engine)
            return new RolloutDecision(asked, null);
        var plan = Rollout.Decide(new RolloutQuestion(
            seen.Service.Spec, engine, ServiceRevision.TemplateOf(seen.Document), seen.Revisions, seen.Running(ServingNames.EngineComponent), seen.Running(ServingNames.Canary),
            seen.CanaryAnswers, seen.Now)
        {
            Runtime = new RevisionRuntime { Kind = runtime.Kind, Name = runtime.Name, Spec = runtime.Spec },
        });
        IEnumerable<Workload> canary = plan.Canary is null ? [] : [plan.Canary];
        return new RolloutDecision([.. asked.Select(w => w == engine ? plan.Engine : w), .. canary], plan);
    }
}
