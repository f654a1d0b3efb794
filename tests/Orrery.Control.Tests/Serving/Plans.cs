using Orrery.Control.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>Parts of plans.</summary>
internal static class Plans
{
    public static Workload Engine(this ServicePlan plan) => plan.Of("engine");

    public static Workload Of(this ServicePlan plan, string component) => plan.Workloads.Single(w => w.Component == component);
}
