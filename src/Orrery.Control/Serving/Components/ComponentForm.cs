using System.Text.Json;
using Orrery.Resources;
using Orrery.Resources.Patches;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Schema;
using Orrery.Resources.Serving;

namespace Orrery.Control.Serving.Components;

/// <summary>
/// A component as it is to run: the service's words merged over the runtime's as a strategic merge patch would, arguments of containers one after the other as in OME.
/// It is a container where the service asks for one or no process is known, else a process. Pure.
/// </summary>
/// <param name="Spec">Merged, but for process and containers.</param>
/// <param name="Process">Null: it is a container, or nothing says how it runs.</param>
/// <param name="IsOwnProcess">The service itself says how it runs, so nothing of the runtime's formats changes it.</param>
/// <param name="Container">Null: it is a process, or nothing says how it runs.</param>
/// <param name="GroupSize">Pods that make one replica.</param>
internal sealed record ComponentForm(ComponentSpec Spec, ProcessSpec? Process, bool IsOwnProcess, ContainerSpec? Container, int GroupSize)
{
    // OME's name for the container that serves, among those of its older inline form.
    private const string ServingContainer = "ome-container";

    private static readonly MergeType ComponentType = MergeType.Of(ClusterServingRuntime.Kind).Field("spec")?.Field("engineConfig") ?? MergeType.Unknown;

    public static ComponentForm Of(ComponentRole role, ComponentSpec asked, RuntimeSpec runtime)
    {
        var offered = role.Offered(runtime);
        var process = asked.Process ?? offered?.Process ?? (role == ComponentRole.Engine ? runtime.Process : null);
        var spec = offered is null ? asked : Merged(offered with { Process = null, Runner = null, Leader = null }, asked with { Process = null, Runner = null, Leader = null });
        bool asksForContainer = asked.Process is null && (asked.Runner ?? asked.Leader?.Runner) is not null;
        if (process is not null && !asksForContainer)
            return new ComponentForm(spec, process, asked.Process is not null, null, 1);

        var below = offered?.Runner ?? offered?.Leader?.Runner ?? (role == ComponentRole.Engine ? Inline(runtime) : null);
        var above = asked.Runner ?? asked.Leader?.Runner;
        int workers = asked.Worker?.Size ?? offered?.Worker?.Size ?? 0;
        return new ComponentForm(spec, null, false, MergedContainer(below, above), 1 + workers);
    }

    private static ContainerSpec? Inline(RuntimeSpec runtime) => runtime.Containers is { Count: > 0 } containers ? containers[ServingIndex(containers)] : null;

    /// <summary>Which of the containers of OME's older inline form serves: the one of its name, else the first.</summary>
    public static int ServingIndex(IReadOnlyList<ContainerSpec> containers) => Math.Max(0, containers.ToList().FindIndex(c => c.Name == ServingContainer));

    private static ContainerSpec? MergedContainer(ContainerSpec? below, ContainerSpec? above)
    {
        if (below is null || above is null)
            return above ?? below;
        var merged = Merged(new ComponentSpec { Runner = below }, new ComponentSpec { Runner = above }).Runner!;
        return merged with { Args = below.Args is null && above.Args is null ? null : [.. below.Args ?? [], .. above.Args ?? []] };
    }

    private static ComponentSpec Merged(ComponentSpec below, ComponentSpec above)
    {
        var view = ResourceJson.Default.ComponentSpec;
        var patch = new StrategicMergePatch(JsonSerializer.SerializeToNode(above, view)!.AsObject(), ComponentType);
        return patch.Apply(JsonSerializer.SerializeToNode(below, view)!.AsObject()) is PatchResult.Patched merged ? merged.Json.Deserialize(view)! : above;
    }
}
