using Orrery.Control.Serving.Stages;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>Plans every declared component by the same steps: its form, how many replicas, the workload. Pure.</summary>
internal static class ComponentPlanner
{
    /// <param name="ground">Null: components are counted and not rendered.</param>
    public static IReadOnlyList<ComponentPlan> Plan(ServiceObservation seen, ServingGround? ground)
    {
        List<ComponentPlan> plans = [];
        foreach (var role in ComponentRole.Declared(seen.Service.Spec))
        {
            var asked = role.Asked(seen.Service.Spec)!;
            var form = ground is null ? null : ComponentForm.Of(role, asked, ground.Runtime.Runtime.Spec);
            // The one place where replicas are counted.
            var scale = ComponentScale.Of(role, form, seen, ground?.Rooms.GetValueOrDefault(role), plans.Find(p => p.Role == ComponentRole.Engine)?.Scale);
            plans.Add(new ComponentPlan(role, form?.Spec ?? asked, scale, form is null ? null : Render(seen, role, ground!, form, scale, plans)) { IsContainer = form?.Container is not null });
        }
        return plans;
    }

    private static Rendering Render(ServiceObservation seen, ComponentRole role, ServingGround ground, ComponentForm form, ComponentScale scale, List<ComponentPlan> before)
    {
        var urls = before.ToDictionary(p => Placeholder(p.Role), p => Addresses(seen.Running(p.Role.Name)), StringComparer.Ordinal);
        // Without a replica of its own it waits for nobody.
        if (scale.Replicas > 0 && before.Find(p => urls[Placeholder(p.Role)].Count == 0 && Placeholders.IsNamed(Placeholder(p.Role), Texts(form))) is { } missing)
            return new Rendering.Waits($"WaitingFor{char.ToUpperInvariant(missing.Role.Name[0])}{missing.Role.Name[1..]}", $"waits for a replica of the {missing.Role.Name} that answers");
        return WorkloadTemplate.Render(new ComponentQuestion(seen, role, ground, form, scale.Replicas, urls));
    }

    private static string Placeholder(ComponentRole role) => $"{role.Name.ToUpperInvariant()}_URLS";

    // In the order of names, so that the same replicas give the same text.
    private static IReadOnlyList<string> Addresses(WorkloadState? state)
        => [.. (state?.Replicas ?? []).Where(r => r is { Phase: ReplicaPhase.Ready, Address: not null }).OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => r.Address!)];

    private static IEnumerable<string> Texts(ComponentForm form) =>
    [
        .. form.Process?.Command ?? [], .. form.Process?.Args ?? [], .. (form.Process?.Env ?? []).Select(e => e.Value ?? ""),
        .. form.Container?.Command ?? [], .. form.Container?.Args ?? [], .. (form.Container?.Env ?? []).Select(e => e.Value ?? ""),
        .. form.Spec.Config?.Values ?? [],
    ];
}
