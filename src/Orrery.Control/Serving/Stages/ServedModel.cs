using Orrery.Control.Revisions;
using Orrery.Control.Serving.Components;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Stages;

/// <summary>What a status says of the model's way into memory, in OME's words. Pure.</summary>
internal static class ServedModel
{
    private const string Loaded = "Loaded", Loading = "Loading", Standby = "Standby", Pending = "Pending", FailedToLoad = "FailedToLoad";
    private const string UpToDate = "UpToDate", InProgress = "InProgress", Blocked = "BlockedByFailedLoad", InvalidSpec = "InvalidSpec";

    // What no time and no replica heals: somebody has to write something else.
    private static readonly string[] Wishes =
    [
        ServiceConditions.ModelNotFound, ServiceConditions.ModelDisabled, ServiceConditions.NoRuntime, ServiceConditions.InvalidSpec, ServiceConditions.NoContainers,
        ServiceConditions.NoEndpoint, ServiceConditions.WeightsNotFound, ServiceConditions.WeightsDisabled, ServiceConditions.WeightsWrongBase, ServiceConditions.WeightsMerged, ServiceConditions.WeightsNotSupported,
    ];

    /// <param name="conditions">Of every stage and component.</param>
    /// <param name="applied">What each component is to run now.</param>
    public static ServedModelStatus Of(
        ServiceObservation seen, IReadOnlyList<Condition> conditions, IReadOnlyList<ComponentPlan> components, IReadOnlyDictionary<ComponentRole, Workload?> applied)
    {
        var loading = components.Where(c => c.Role.LoadsModel).ToList();
        List<ReplicaState> replicas = [.. loading.SelectMany(c => seen.Running(c.Role.Name)?.Replicas ?? [])];
        // One that is not in memory until somebody asks has failed at nothing.
        conditions = [.. conditions.Where(c => !MemoryStage.IsReadyToServe(c))];
        var stage = conditions.FirstOrDefault(c => c.Status == "False" && !IsOfProgress(c));
        var failure = stage is null ? Replica(seen, loading) : Stage(stage, seen);
        bool isFailing = stage is not null || conditions.Any(c => c.Reason == ComponentReadiness.ReplicaFailed);
        bool wantsNone = loading.All(c => c.Scale.Replicas == 0), isApplied = applied[ComponentRole.Engine] is not null;

        string transition = stage is not null && Wishes.Contains(stage.Reason) ? InvalidSpec : isFailing ? Blocked : conditions.Count > 0 ? InProgress : UpToDate;
        string target = (transition, isApplied) switch
        {
            (UpToDate, _) => wantsNone ? Standby : Loaded,
            (Blocked, _) => FailedToLoad,
            (InProgress, true) => Loading,
            _ => Pending,
        };
        string active = replicas.Any(r => r.Phase == ReplicaPhase.Ready) ? Loaded : target == Loaded ? Loading : target;
        return new ServedModelStatus
        {
            TransitionStatus = transition,
            ModelRevisionStates = new ModelRevisionStates { ActiveModelState = active, TargetModelState = target },
            LastFailureInfo = At(failure, seen),
            ModelCopies = new ModelCopies { TotalCopies = replicas.Count, FailedCopies = replicas.Count(r => r.Phase == ReplicaPhase.Waiting) },
        };
    }

    /// <summary>Of a server that runs elsewhere: whether that answers is all that is known of its model, and copies are its own to count.</summary>
    /// <param name="conditions">Of the key and the server.</param>
    public static ServedModelStatus Elsewhere(ServiceObservation seen, IReadOnlyList<Condition> conditions)
    {
        var wrong = conditions.FirstOrDefault(c => c.Status == "False");
        var (transition, state) = wrong is null ? conditions.All(c => c.Status == "True") ? (UpToDate, Loaded) : (InProgress, Pending)
            : Wishes.Contains(wrong.Reason) ? (InvalidSpec, Pending) : (Blocked, FailedToLoad);
        return new ServedModelStatus
        {
            TransitionStatus = transition,
            ModelRevisionStates = new ModelRevisionStates { ActiveModelState = state, TargetModelState = state },
            LastFailureInfo = At(wrong is null ? null : Stage(wrong, seen) with { Location = seen.Service.Spec.External?.Url }, seen),
        };
    }

    private static ModelFailure? At(ModelFailure? failure, ServiceObservation seen)
        => failure is null ? null : failure with { Time = failure.Time ?? Since(failure, seen.Service.Status?.ModelStatus?.LastFailureInfo) ?? seen.Now };

    // A component on its way has failed at nothing; one whose replica ended has, and the replica tells more.
    private static bool IsOfProgress(Condition condition)
        => condition.Reason is ComponentReadiness.Starting or ComponentReadiness.ReplicaFailed || condition.Reason.StartsWith("WaitingFor", StringComparison.Ordinal);

    private static DateTimeOffset? Since(ModelFailure now, ModelFailure? before)
        => before is not null && (before.Reason, before.Message, before.Location) == (now.Reason, now.Message, now.Location) ? before.Time : null;

    private static ModelFailure Stage(Condition stage, ServiceObservation seen) => new()
    {
        Location = ComponentRole.All.FirstOrDefault(r => r.Condition == stage.Type)?.Name,
        Reason = stage.Reason switch
        {
            ServiceConditions.ModelNotFound => FailureReasons.BaseModelNotFound,
            ServiceConditions.ModelDisabled => FailureReasons.BaseModelDisabled,
            ServiceConditions.ModelNotReady => FailureReasons.BaseModelNotReady,
            ServiceConditions.NoRuntime => Runtime(seen),
            ServiceConditions.InvalidSpec => stage.Type == ServiceConditions.RouterReady ? FailureReasons.InvalidRouterSpec : FailureReasons.InvalidPredictorSpec,
            ServiceConditions.NoEndpoint => FailureReasons.InvalidPredictorSpec,
            Rollout.SteppedBack => FailureReasons.RuntimeUnhealthy,
            _ when stage.Type == ServiceConditions.ExternalReady => FailureReasons.RuntimeUnhealthy,
            var other => other,
        },
        Message = stage.Message,
    };

    private static string Runtime(ServiceObservation seen)
    {
        if (seen.Service.Spec.Runtime is not { } asked)
            return FailureReasons.NoSupportingRuntime;
        var named = seen.Runtimes.Where(r => r.Name == asked.Name && (asked.Kind is null || r.Kind == asked.Kind)).OrderByDescending(r => r.IsNamespaced).FirstOrDefault();
        return named is null ? FailureReasons.RuntimeNotRecognized : named.Spec.Disabled == true ? FailureReasons.RuntimeDisabled : FailureReasons.NoSupportingRuntime;
    }

    /// <summary>The last replica that ended by itself, or that cannot start.</summary>
    private static ModelFailure? Replica(ServiceObservation seen, IReadOnlyList<ComponentPlan> loading)
    {
        var (role, replica) = loading.SelectMany(c => (seen.Running(c.Role.Name)?.Replicas ?? []).Select(r => (c.Role, Replica: r)))
            .Where(r => r.Replica.Phase == ReplicaPhase.Waiting || r.Replica.LastExit is { Reason: not "Completed" })
            .OrderByDescending(r => r.Replica.Phase == ReplicaPhase.Waiting).ThenByDescending(r => r.Replica.LastExit?.At).FirstOrDefault();
        if (replica is null)
            return null;
        var before = seen.Service.Status?.Components?.GetValueOrDefault(role.Name);
        bool answered = replica.Phase == ReplicaPhase.Ready || before?.LatestReadyRevision == replica.Revision;
        bool isOfWeights = !answered && seen.Weights.Values.Any(w => w.Status?.Path is { } path && replica.Message.Contains(path, StringComparison.Ordinal));
        return new ModelFailure
        {
            Location = replica.Name,
            Reason = isOfWeights ? FailureReasons.FineTuneWeightLoadFailed : answered ? FailureReasons.RuntimeUnhealthy : FailureReasons.ModelLoadFailed,
            Message = replica.Message.Length > 0 ? replica.Message : Text(replica.LastExit),
            ModelRevisionName = replica.Revision,
            Time = replica.LastExit?.At,
            ExitCode = replica.LastExit?.Code,
        };
    }

    private static string? Text(ReplicaExit? exit) => exit switch
    {
        null => null,
        { Signal: { } signal } => $"{exit.Reason}: ended by signal {signal}",
        { Code: { } code } => $"{exit.Reason}: exit code {code}",
        _ => exit.Reason,
    };
}
