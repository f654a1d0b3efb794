using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>Everything that a decision about a service looks at.</summary>
/// <param name="Model">Null: there is none of that name.</param>
/// <param name="Runtimes">With everything that they inherit.</param>
/// <param name="Engine">What runs now; null: nothing does.</param>
public sealed record ServiceObservation(
    Document Document,
    InferenceService Service,
    ObservedModel? Model,
    IReadOnlyList<RuntimeCandidate> Runtimes,
    WorkloadState? Engine,
    ServiceDemand Demand,
    DateTimeOffset Now)
{
    /// <summary>Where it would run. Null: nobody looked.</summary>
    public ServingPlace? Place { get; init; }
}

/// <param name="Kind"><c>BaseModel</c> or <c>ClusterBaseModel</c>.</param>
public sealed record ObservedModel(string Kind, string Name, ModelSpec Spec, ModelStatus? Status);

/// <summary>What to do and what to say.</summary>
/// <param name="Engine">Null: leave what runs as it is.</param>
public sealed record ServicePlan(Workload? Engine, InferenceServiceStatus Status, TimeSpan? LookAgain);
