using Orrery.Control.Residency;
using Orrery.Control.Scaling;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>What to do and what to say. What is in neither list stays as it runs.</summary>
/// <param name="Workloads">To apply.</param>
/// <param name="Unwanted">To delete.</param>
/// <param name="LookAgain">When the answer may change by time alone; null: it does not.</param>
public sealed record ServicePlan(
    IReadOnlyList<Workload> Workloads, IReadOnlyList<WorkloadKey> Unwanted, InferenceServiceStatus Status, TimeSpan? LookAgain)
{
    /// <summary>What it asks of the memory that all share. Null: it has no replicas here.</summary>
    public ResidentService? Resident { get; init; }

    /// <summary>For scaling to remember, by component.</summary>
    public IReadOnlyDictionary<string, ScalingHistory> Scaling { get; init; } = new Dictionary<string, ScalingHistory>();
}
