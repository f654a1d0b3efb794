using Orrery.Control.Fitting;
using Orrery.Control.Runtimes;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Text;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>
/// From what is seen of a service to the workload it needs and the conditions that say how far it is. Pure.
/// <code>
///   ModelResolved ─▶ RuntimeSelected ─▶ ModelFits ─▶ (apply the workload) ─▶ EngineReady ─▶ Ready
/// </code>
/// A stage that fails stops those after it from acting, never what already serves.
/// </summary>
public static class ServicePlanner
{
    public static ServicePlan Plan(ServiceObservation seen)
    {
        var spec = seen.Service.Spec;
        List<Condition> conditions = [Acceptance(seen.Document)];

        // :: Model
        var model = Resolve(spec, seen.Model, out var modelCondition);
        conditions.Add(modelCondition);

        // :: Runtime
        RuntimeDecision? decision = null;
        if (model is not null)
        {
            decision = RuntimeSelection.Choose(ServiceQuestions.Selection(seen.Document, spec, ModelFacts.Of(seen.Model!), seen.Place), seen.Runtimes);
            conditions.Add(Selected(spec, decision));
        }
        var chosen = decision as RuntimeDecision.Chosen;

        // :: Room
        var room = chosen is null ? null : ServiceQuestions.Room(spec, ModelFacts.Of(seen.Model!), chosen.Winner, seen.Place);
        if (room is not null)
            conditions.Add(room.Condition);

        // :: Engine
        var engine = spec.Engine ?? new ComponentSpec();
        var scaling = Scaling.Desired(engine, seen.Demand, seen.Now);
        Workload? workload = null;
        if (model is not null && chosen is not null && room is { HasRoom: true })
        {
            var process = engine.Process ?? RuntimeProcess.On(chosen.Runtime.Spec.Process!, room.Config(chosen.Winner), room.Fit as FitResult.Fits);
            workload = EngineTemplate.Render(seen.Document, engine, process, model, scaling.Replicas);
        }
        conditions.Add(EngineCondition(workload, seen.Engine, scaling.Replicas));

        // :: Components that are declared and that no process can be yet
        if (spec.Decoder is not null)
            conditions.Add(Unserved(ServiceConditions.DecoderReady, "spec.decoder"));
        if (spec.Router is not null)
            conditions.Add(Unserved(ServiceConditions.RouterReady, "spec.router"));

        conditions.Add(Overall(conditions));
        int ready = workload is null ? seen.Engine?.Ready ?? 0 : seen.Engine is { } state && state.Revision == workload.Revision ? state.Ready : 0;
        var status = new InferenceServiceStatus
        {
            Runtime = chosen?.Runtime.Name ?? seen.Service.Status?.Runtime,
            Selection = decision is null ? null : SelectionReport.Of(decision),
            Fit = room?.Fit?.Status(),
            Components = new Dictionary<string, ComponentStatus>
            {
                ["engine"] = new()
                {
                    Replicas = $"{ready}/{scaling.Replicas}",
                    ReadyReplicas = ready,
                    DesiredReplicas = scaling.Replicas,
                    Revision = workload?.Revision ?? seen.Engine?.Revision,
                    SelectedAccelerator = room?.Selected ?? (workload is null ? seen.Service.Status?.Components?.GetValueOrDefault("engine")?.SelectedAccelerator : null),
                },
            },
            ObservedGeneration = seen.Document.Metadata.Generation,
            Conditions = Conditions.Stamp(seen.Service.Status?.Conditions, conditions, seen.Document.Metadata.Generation, seen.Now),
        };
        return new ServicePlan(workload, status, scaling.LookAgain);
    }

    /// <summary>The status when the runtime cannot run the planned workload.</summary>
    public static InferenceServiceStatus Refused(InferenceServiceStatus planned, string message, ServiceObservation seen)
    {
        var refused = Conditions.False(ServiceConditions.EngineReady, ServiceConditions.WorkloadRefused, message);
        List<Condition> conditions = [.. planned.Conditions!.Where(c => c.Type != Conditions.Ready).Select(c => c.Type == refused.Type ? refused : c)];
        conditions.Add(Overall(conditions));
        return planned with
        {
            Conditions = Conditions.Stamp(seen.Service.Status?.Conditions, conditions, seen.Document.Metadata.Generation, seen.Now),
        };
    }

    private static Condition Acceptance(Document service)
        => UnheededFields.Of(service) is { Count: > 0 } fields
            ? Conditions.True(ServiceConditions.Accepted, "FieldsNotHeeded", $"nothing heeds these fields yet: {string.Join(", ", fields)}")
            : Conditions.True(ServiceConditions.Accepted, "Valid", "every field is heeded");

    private static ModelToServe? Resolve(InferenceServiceSpec spec, ObservedModel? model, out Condition condition)
    {
        const string Type = ServiceConditions.ModelResolved;
        string asked = $"{spec.Model?.Kind ?? "model"} '{spec.Model?.Name}'";
        if (spec.Model?.FineTunedWeights is { Count: > 0 })
        {
            condition = Conditions.False(Type, ServiceConditions.WeightsNotSupported, "spec.model.fineTunedWeights: cannot be served yet; remove them");
            return null;
        }
        if (model is null)
        {
            condition = Conditions.False(Type, ServiceConditions.ModelNotFound, $"spec.model: no {asked}; `orrery get models -A` lists those that are there");
            return null;
        }
        if (model.Spec.Disabled == true)
        {
            condition = Conditions.False(Type, ServiceConditions.ModelDisabled, $"spec.model: {model.Kind} '{model.Name}' has spec.disabled: true");
            return null;
        }
        if (model.Status is not { State: "Ready", Path: { } path })
        {
            var why = model.Status?.Conditions.Find(Conditions.Ready);
            // Without figures: they change every few seconds, and stand in the model's own status.
            condition = model.Status is null
                ? Conditions.Unknown(Type, "Waiting", $"{model.Kind} '{model.Name}' was not looked at yet")
                : model.Status.State == "In_Transit"
                ? Conditions.Unknown(Type, "ModelArriving", $"{model.Kind} '{model.Name}' is on its way; `orrery models` shows how far")
                : Conditions.False(Type, "ModelNotReady", $"{model.Kind} '{model.Name}': {why?.Message ?? model.Status.State}");
            return null;
        }
        condition = Conditions.True(Type, "ModelReady", $"{model.Kind} '{model.Name}'");
        return new ModelToServe(model.Name, path, model.Spec.ModelCapabilities is { Count: > 0 } said ? said : model.Status.Capabilities ?? []);
    }

    private static Condition Selected(InferenceServiceSpec spec, RuntimeDecision decision)
    {
        const string Type = ServiceConditions.RuntimeSelected;
        switch (decision)
        {
            case RuntimeDecision.Chosen chosen:
                string warnings = chosen.Warnings.Count == 0 ? "" : $" ({string.Join("; ", chosen.Warnings.Take(SelectionReport.MaxReasons).Select(w => Excerpt.Of(w, SelectionReport.MaxReasonLength)))})";
                return Conditions.True(Type, spec.Runtime is null ? "Chosen" : "Named", $"{chosen.Runtime}{warnings}");
            case RuntimeDecision.None none:
                return Conditions.False(Type, ServiceConditions.NoRuntime, none.Message);
            default:
                throw new InvalidOperationException("A runtime decision is Chosen or None.");
        }
    }

    private static Condition EngineCondition(Workload? workload, WorkloadState? state, int desired)
    {
        const string Type = ServiceConditions.EngineReady;
        if (workload is null)
        {
            return state is { Ready: > 0 }
                ? Conditions.True(Type, "RunningAsBefore", "replicas of an earlier revision go on serving")
                : Conditions.Unknown(Type, "Waiting", "waits for the model and the runtime");
        }
        if (desired == 0)
            return Conditions.True(Type, "ScaledToZero", "no replica runs; the first request starts one");
        if (state is null || state.Revision != workload.Revision)
            return Conditions.False(Type, "Starting", "the replicas are being started");
        if (state.Ready >= desired)
            return Conditions.True(Type, "ReplicasReady", $"{state.Ready} of {desired} replicas answer");

        var troubled = state.Replicas.FirstOrDefault(r => r.Phase == ReplicaPhase.Waiting)
            ?? state.Replicas.FirstOrDefault(r => r.Phase == ReplicaPhase.Starting && r.Message.Length > 0);
        string reason = troubled?.Phase == ReplicaPhase.Waiting ? "ReplicaFailed" : "Starting";
        string detail = troubled is null ? "" : $"; {troubled.Name}: {troubled.Message}";
        return Conditions.False(Type, reason, $"{state.Ready} of {desired} replicas answer{detail}");
    }

    private static Condition Unserved(string type, string field)
        => Conditions.False(type, "NotSupported", $"{field}: processes can only run the engine component so far; remove {field}");

    private static Condition Overall(List<Condition> stages)
    {
        if (stages.FirstOrDefault(c => c.Status != "True") is { } first)
            return new Condition { Type = Conditions.Ready, Status = first.Status, Reason = first.Reason, Message = $"{first.Type}: {first.Message}" };
        return Conditions.True(Conditions.Ready, stages.Find(c => c.Type == ServiceConditions.EngineReady)!.Reason, "every component answers");
    }
}
