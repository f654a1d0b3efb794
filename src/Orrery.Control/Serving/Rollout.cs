using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>How what is asked for now comes to run: which workloads, under which keys, with which shares of the requests.</summary>
/// <param name="Workloads">To apply. What runs beside them and is no component that the service declares, such as a canary, is deleted.</param>
/// <param name="Traffic">Who gets which share of the requests; null: the entry component all of them.</param>
/// <param name="Conditions">What there is to say of it.</param>
public sealed record RolloutDecision(IReadOnlyList<Workload> Workloads, IReadOnlyList<RevisionTraffic>? Traffic, IReadOnlyList<Condition> Conditions);

/// <summary>The one place where what is asked for becomes what is applied. Pure.</summary>
internal static class Rollout
{
    /// <param name="asked">Every component as the spec asks for it, rendered; a component that cannot be rendered now is missing.</param>
    public static RolloutDecision Decide(IReadOnlyList<Workload> asked) => new(asked, null, []);
}
