using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>One component as it is asked for.</summary>
/// <param name="Spec">Merged over the runtime's, where one was chosen.</param>
/// <param name="Rendering">Null: a stage before it does not let it be rendered.</param>
internal sealed record ComponentPlan(ComponentRole Role, ComponentSpec Spec, ComponentScale Scale, Rendering? Rendering)
{
    /// <summary>It runs as a container; false too where it is not rendered.</summary>
    public bool IsContainer { get; init; }

    public Workload? Workload => (Rendering as Rendering.Done)?.Workload;
}
