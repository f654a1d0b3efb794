using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>A component's status. Pure.</summary>
internal static class ComponentReport
{
    /// <param name="applied">Null: nothing is applied for it now.</param>
    /// <param name="before">What the status said; only what nobody can see any more is taken from it.</param>
    public static ComponentStatus Of(ComponentPlan plan, Workload? applied, WorkloadState? state, RoomForModel? room, ComponentStatus? before)
    {
        int desired = plan.Scale.Replicas;
        int ready = applied is null || state?.Revision == applied.Revision ? state?.Ready ?? 0 : 0;
        string? revision = applied?.Revision ?? state?.Revision;
        bool isRolledOut = revision is not null && state?.Revision == revision && state.Ready >= desired
            && state.Replicas.All(r => r.Revision == revision || r.Phase != ReplicaPhase.Ready);
        string? rolledOut = isRolledOut ? revision : before?.LatestRolledoutRevision;
        return new ComponentStatus
        {
            Replicas = $"{ready}/{desired}",
            ReadyReplicas = ready,
            DesiredReplicas = desired,
            Revision = revision,
            LatestCreatedRevision = revision ?? before?.LatestCreatedRevision,
            LatestReadyRevision = ready > 0 ? revision : before?.LatestReadyRevision,
            LatestRolledoutRevision = rolledOut,
            PreviousRolledoutRevision = rolledOut == before?.LatestRolledoutRevision ? before?.PreviousRolledoutRevision : before?.LatestRolledoutRevision,
            SelectedAccelerator = room?.Selected ?? (applied is null ? before?.SelectedAccelerator : null),
            LastExit = LastExit(state),
        };
    }

    private static ReplicaExitStatus? LastExit(WorkloadState? state)
        => (state?.Replicas ?? []).Where(r => r.LastExit is not null).MaxBy(r => r.LastExit!.At) is { LastExit: { } exit } replica
            ? new ReplicaExitStatus
            {
                Replica = replica.Name,
                ExitCode = exit.Code,
                Signal = exit.Signal,
                Reason = exit.Reason,
                Message = replica.Message.Length > 0 ? replica.Message : null,
                FinishedAt = exit.At,
            }
            : null;
}
