using Orrery.Control.Serving.Stages;
using Orrery.Resources.Serving;
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
            var scale = Scale(role, form?.Spec ?? asked, seen, plans);
            plans.Add(new ComponentPlan(role, form?.Spec ?? asked, scale, form is null ? null : Render(seen, role, ground!, form, scale, plans)));
        }
        return plans;
    }

    /// <summary>The one place where replicas are counted: what demand wants and memory grants. Before no engine a router answers nothing.</summary>
    private static Scaling.Decision Scale(ComponentRole role, ComponentSpec spec, ServiceObservation seen, List<ComponentPlan> before)
    {
        var wanted = Scaling.Desired(spec, seen.Demand, seen.Now);
        if (role.LoadsModel)
            return wanted with { Replicas = Math.Min(wanted.Replicas, seen.Grant ?? int.MaxValue) };
        return before.Find(p => p.Role == ComponentRole.Engine) is { Scale.Replicas: 0 } ? wanted with { Replicas = 0 } : wanted;
    }

    private static Rendering Render(ServiceObservation seen, ComponentRole role, ServingGround ground, ComponentForm form, Scaling.Decision scale, List<ComponentPlan> before)
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
