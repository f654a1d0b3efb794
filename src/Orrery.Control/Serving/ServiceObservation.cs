using Orrery.Control.Places;
using Orrery.Control.Residency;
using Orrery.Control.Revisions;
using Orrery.Control.Runtimes;
using Orrery.Control.Scaling;
using Orrery.Control.Serving.External;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>Everything that a decision about a service looks at.</summary>
/// <param name="Model">Null: there is none of that name.</param>
/// <param name="Runtimes">With everything that they inherit.</param>
public sealed record ServiceObservation(
    Document Document,
    InferenceService Service,
    ObservedModel? Model,
    IReadOnlyList<RuntimeCandidate> Runtimes,
    ServiceDemand Demand,
    DateTimeOffset Now)
{
    /// <summary>What runs now, by part: engine, decoder, router, canary. A part that is not in it does not run.</summary>
    public IReadOnlyDictionary<string, WorkloadState> Workloads { get; init; } = new Dictionary<string, WorkloadState>();

    /// <summary>Where it would run. Null: nobody looked.</summary>
    public ServingPlace? Place { get; init; }

    /// <summary>Those Secrets that variables may name and that are there, by name.</summary>
    public IReadOnlyDictionary<string, ObservedSecret> Secrets { get; init; } = new Dictionary<string, ObservedSecret>();

    /// <summary>Those weights that the service names and that are there, by name.</summary>
    public IReadOnlyDictionary<string, FineTunedWeight> Weights { get; init; } = new Dictionary<string, FineTunedWeight>();

    /// <summary>Its revisions that are kept.</summary>
    public IReadOnlyList<ServiceRevision> Revisions { get; init; } = [];

    /// <summary>How requests to its canary ended since that began.</summary>
    public AnswerCounts CanaryAnswers { get; init; } = AnswerCounts.None;

    /// <summary>How the server that runs elsewhere answered last. Null: it did not yet, or there is none.</summary>
    public ExternalAnswer? External { get; init; }

    /// <summary>Where clients reach it. Null: nobody told.</summary>
    public string? Url { get; init; }

    /// <summary>What of the memory that all share it was granted. Null: as much as it wants.</summary>
    public Grant? Grant { get; init; }

    /// <summary>What scaling remembers, by component.</summary>
    public IReadOnlyDictionary<string, ScalingHistory> Scaling { get; init; } = new Dictionary<string, ScalingHistory>();

    /// <summary>What its replicas were measured to use.</summary>
    public IReadOnlyList<ReplicaUsage> Usage { get; init; } = [];

    /// <summary>What runs of one part; null: nothing does.</summary>
    public WorkloadState? Running(string part) => Workloads.GetValueOrDefault(part);
}

/// <param name="Kind"><c>BaseModel</c> or <c>ClusterBaseModel</c>.</param>
public sealed record ObservedModel(string Kind, string Name, ModelSpec Spec, ModelStatus? Status);

/// <summary>A Secret without its values.</summary>
/// <param name="Version">Changes whenever it does.</param>
/// <param name="Keys">Of the values that it holds.</param>
public sealed record ObservedSecret(string? Version, IReadOnlyCollection<string> Keys);
