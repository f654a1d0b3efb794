using Orrery.Control.Scaling;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>How many replicas of a component run: what scaling wants of it, as far as memory is granted. Pure.</summary>
internal sealed record ComponentScale(ScalingDecision Wanted, int Replicas)
{
    /// <param name="form">Null: the component is counted and not rendered.</param>
    /// <param name="engine">Decided before the others; null: this is it.</param>
    public static ComponentScale Of(ComponentRole role, ComponentForm? form, ServiceObservation seen, RoomForModel? room, ComponentScale? engine)
    {
        var state = seen.Running(role.Name);
        var spec = form?.Spec ?? role.Asked(seen.Service.Spec)!;
        var wanted = ScalingPlan.Desired(new ScalingQuestion(spec, seen.Demand, seen.Scaling.GetValueOrDefault(role.Name), seen.Now)
        {
            Running = state?.Desired ?? 0,
            Usage = [.. seen.Usage.Where(u => u.Workload.Name == state?.Key.Name)],
            Limits = form is null ? WorkloadResources.Unlimited : ReplicaResources.Of(form.Process?.Resources ?? form.Container?.Resources ?? form.Spec.Resources, room, "").Resources,
        });
        int granted = engine is null ? Math.Min(wanted.Replicas, seen.Grant?.Replicas ?? int.MaxValue)
            // A part alone answers nothing.
            : engine.Replicas == 0 ? 0 : wanted.Replicas;
        return new ComponentScale(wanted, granted);
    }
}
