using Orrery.Control.Revisions;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving.Components;
using Orrery.Control.Serving.External;
using Orrery.Control.Serving.Stages;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>
/// From what is seen of a service to the workloads it needs and the conditions that say how far it is. Pure.
/// <code>
///   ModelResolved ─▶ RuntimeSelected ─▶ ModelFits ─▶ WeightsReady ─▶ components rendered ─▶ SecretsResolved ─▶ MemoryGranted ─▶ rollout ─▶ EngineReady, DecoderReady, RouterReady ─▶ Ready
/// </code>
/// A stage that fails stops those after it from acting, never what already serves.
/// </summary>
public static class ServicePlanner
{
    private static readonly TimeSpan CanaryPeriod = TimeSpan.FromSeconds(2);

    public static ServicePlan Plan(ServiceObservation seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return ExternalPlanner.Takes(seen) ? Elsewhere(seen) : Here(seen);
    }

    private static ServicePlan Here(ServiceObservation seen)
    {
        // :: Stages
        var stages = ServiceStages.Of(seen);

        // :: Components
        var components = ComponentPlanner.Plan(seen, stages.Ground);
        List<Condition> conditions = [Acceptance(seen.Document, stages.Ground?.Runtime.Runtime, components), .. stages.Conditions];
        List<Workload> asked = [.. components.Select(c => c.Workload).OfType<Workload>()];
        var secrets = SecretsStage.Of([.. asked.SelectMany(NamedSecret.Of)], seen.Secrets, seen.Document.Metadata.Namespace);
        if (secrets is not null)
            conditions.Add(secrets);

        // :: Memory
        if (stages.Ground is not null && seen.Grant is { } grant)
            conditions.Add(MemoryStage.Of(grant));

        // :: Rollout
        bool acts = stages.Ground is not null && secrets?.Status != "False";
        var wanted = acts ? RolloutStage.Of(seen, stages.Ground!.Runtime.Runtime, asked) : RolloutDecision.Nothing;
        var rollout = MemoryStage.Within(wanted, seen, components);

        // :: Status
        var applied = components.ToDictionary(c => c.Role, c => rollout.Workloads.FirstOrDefault(w => w.Key.Name == ServingNames.Workload(seen.Document.Metadata.Name!, c.Role.Name)));
        conditions.AddRange(components.Select(c => ComponentReadiness.Of(c, applied[c.Role], seen.Running(c.Role.Name), c.Role == ComponentRole.Engine ? rollout.Plan?.Problem : null)));
        conditions.AddRange(rollout.Conditions);
        var served = ServedModel.Of(seen, conditions, components, applied);
        conditions.Add(Overall(conditions));
        var status = new InferenceServiceStatus
        {
            Runtime = (stages.Decision as RuntimeDecision.Chosen)?.Runtime.Name ?? seen.Service.Status?.Runtime,
            Selection = stages.Decision is null ? null : SelectionReport.Of(stages.Decision),
            Fit = stages.Fit?.Status(),
            Components = components.ToDictionary(
                c => c.Role.Name,
                c => ComponentReport.Of(
                    c, applied[c.Role], seen.Running(c.Role.Name), stages.Rooms.GetValueOrDefault(c.Role), seen.Service.Status?.Components?.GetValueOrDefault(c.Role.Name),
                    c.Role == ComponentRole.Engine ? rollout.Plan : null)),
            Url = seen.Url,
            Weights = WeightsStage.Served(seen, stages),
            ModelStatus = served,
            ObservedGeneration = seen.Document.Metadata.Generation,
            Conditions = Conditions.Stamp(seen.Service.Status?.Conditions, conditions, seen.Document.Metadata.Generation, seen.Now),
        };
        return new ServicePlan(rollout.Workloads, Unwanted(seen, components, rollout), status, rollout.Plan, LookAgain(components, rollout.Plan))
        {
            Resident = MemoryStage.Asked(seen, stages, components, wanted),
            Scaling = components.ToDictionary(c => c.Role.Name, c => c.Scale.Wanted.History),
        };
    }

    /// <summary>The status when the runtime cannot run one of the planned workloads.</summary>
    public static InferenceServiceStatus Refused(InferenceServiceStatus planned, Workload workload, string message, ServiceObservation seen)
    {
        // While a canary is refused, what has served so far goes on.
        string type = workload.Key.Name == ServingNames.Workload(seen.Document.Metadata.Name!, ServingNames.Canary)
            ? Rollout.CanaryHealthy
            : (ComponentRole.All.FirstOrDefault(r => r.Name == workload.Component) ?? ComponentRole.Engine).Condition;
        var refused = Conditions.False(type, ServiceConditions.WorkloadRefused, message);
        List<Condition> conditions = [.. planned.Conditions!.Where(c => c.Type != Conditions.Ready).Select(c => c.Type == refused.Type ? refused : c)];
        conditions.Add(Overall(conditions));
        return planned with
        {
            Conditions = Conditions.Stamp(seen.Service.Status?.Conditions, conditions, seen.Document.Metadata.Generation, seen.Now),
        };
    }

    /// <summary>A server that runs elsewhere. What ran here before goes as soon as the spec names one.</summary>
    private static ServicePlan Elsewhere(ServiceObservation seen)
    {
        List<Condition> conditions = [Acceptance(seen.Document), .. ExternalPlanner.Conditions(seen)];
        var served = ServedModel.Elsewhere(seen, conditions);
        conditions.Add(Overall(conditions));
        var endpoint = seen.Service.Spec.External;
        var status = new InferenceServiceStatus
        {
            Url = endpoint?.Url,
            ModelStatus = served,
            ObservedGeneration = seen.Document.Metadata.Generation,
            Conditions = Conditions.Stamp(seen.Service.Status?.Conditions, conditions, seen.Document.Metadata.Generation, seen.Now),
        };
        return new ServicePlan([], endpoint is null ? [] : [.. seen.Workloads.Values.Select(w => w.Key)], status, null, null);
    }

    /// <summary>What runs and that nobody asks for: components that the service does not declare any more, and a canary that is over.</summary>
    private static IReadOnlyList<WorkloadKey> Unwanted(ServiceObservation seen, IReadOnlyList<ComponentPlan> components, RolloutDecision rollout)
        => [.. seen.Workloads
            .Where(w => components.All(c => c.Role.Name != w.Key) && (rollout.Plan is not null || w.Key != ServingNames.Canary) && rollout.Workloads.All(a => a.Key != w.Value.Key))
            .Select(w => w.Value.Key)];

    // Answers of a canary wake nobody.
    private static TimeSpan? LookAgain(IReadOnlyList<ComponentPlan> components, RolloutPlan? rollout)
        => components.Select(c => c.Scale.Wanted.LookAgain).Append(rollout?.Canary is null ? null : CanaryPeriod).Min();

    /// <param name="runtime">That its containers come from; null: none is rendered.</param>
    private static Condition Acceptance(Document service, RuntimeCandidate? runtime = null, IReadOnlyList<ComponentPlan>? components = null)
    {
        var fields = UnheededFields.Of(service).ToList();
        if (runtime is not null && (components ?? []).Where(c => c.IsContainer).SelectMany(c => UnheededFields.Of(runtime.Spec, c.Role)).ToList() is { Count: > 0 } below)
            fields.Add($"of {runtime}: {string.Join(", ", below)}");
        return fields.Count > 0
            ? Conditions.True(ServiceConditions.Accepted, "FieldsNotHeeded", $"nothing heeds these fields yet: {string.Join(", ", fields)}")
            : Conditions.True(ServiceConditions.Accepted, "Valid", "every field is heeded");
    }

    // How far a change is says nothing of whether the service answers.
    private static Condition Overall(List<Condition> all)
    {
        var stages = all.FindAll(c => c.Type is not (Rollout.RolledOut or Rollout.CanaryHealthy));
        if (stages.FirstOrDefault(c => !MemoryStage.IsReadyToServe(c)) is { } first)
            return new Condition { Type = Conditions.Ready, Status = first.Status, Reason = first.Reason, Message = $"{first.Type}: {first.Message}" };
        return Conditions.True(Conditions.Ready, stages[^1].Reason, stages[^1].Type == ServiceConditions.ExternalReady ? stages[^1].Message : "every component answers");
    }
}
