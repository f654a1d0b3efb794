using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>How far a component is. Pure.</summary>
internal static class ComponentReadiness
{
    public const string Starting = "Starting";
    public const string ReplicaFailed = "ReplicaFailed";

    /// <param name="applied">Null: nothing is applied for it now.</param>
    /// <param name="state">Null: nothing runs.</param>
    /// <param name="problem">Why no further replica is started; null: nothing speaks against it.</param>
    public static Condition Of(ComponentPlan plan, Workload? applied, WorkloadState? state, string? problem = null)
    {
        string type = plan.Role.Condition;
        switch (plan.Rendering)
        {
            case Rendering.Wrong wrong:
                return Conditions.False(type, wrong.Reason, wrong.Message);
            case Rendering.Waits waits:
                return Conditions.False(type, waits.Reason, waits.Message);
        }
        if (applied is null)
        {
            return state is { Ready: > 0 }
                ? Conditions.True(type, "RunningAsBefore", "replicas of an earlier revision go on serving")
                : Conditions.Unknown(type, "Waiting", "waits for the model and the runtime");
        }
        int desired = plan.Scale.Replicas;
        if (desired == 0)
            return Conditions.True(type, "ScaledToZero", "no replica runs; the first request starts one");
        // Of whichever revision: how far a change is says the rollout's condition.
        int answering = state?.Replicas.Count(r => r.Phase == ReplicaPhase.Ready) ?? 0;
        if (answering >= desired)
            return Conditions.True(type, "ReplicasReady", $"{answering} of {desired} replicas answer");
        if (problem is not null)
            return Conditions.False(type, ServiceConditions.ModelFilesGone, $"{answering} of {desired} replicas answer; {problem}");
        if (state is null || state.Revision != applied.Revision)
            return Conditions.False(type, Starting, "the replicas are being started");

        var troubled = Troubled(state);
        // One that is started again has failed until it answers; one that waits for something of its own, as an image, has not.
        string reason = troubled?.LastExit is not null ? ReplicaFailed : Starting;
        string detail = troubled is null ? "" : $"; {troubled.Name}: {troubled.Message}";
        return Conditions.False(type, reason, $"{answering} of {desired} replicas answer{detail}");
    }

    /// <summary>The replica that says most of why the component is not up. Null: none says anything.</summary>
    public static ReplicaState? Troubled(WorkloadState? state)
        => state?.Replicas.FirstOrDefault(r => r.Phase == ReplicaPhase.Waiting) ?? state?.Replicas.FirstOrDefault(r => r.Phase == ReplicaPhase.Starting && r.Message.Length > 0);
}
