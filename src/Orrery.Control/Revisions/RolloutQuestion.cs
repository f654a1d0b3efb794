using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Revisions;

/// <summary>All that a decision about a rollout looks at.</summary>
/// <param name="Desired">The engine as the spec wants it now, replicas included.</param>
/// <param name="Template">Of the spec that it was rendered from.</param>
/// <param name="Revisions">That are kept, in any order.</param>
/// <param name="Engine">What runs as the engine; null: nothing.</param>
/// <param name="Canary">What runs as the canary; null: nothing.</param>
/// <param name="CanaryAnswers">Since <paramref name="Desired"/> began as a canary.</param>
public sealed record RolloutQuestion(
    InferenceServiceSpec Spec,
    Workload Desired,
    System.Text.Json.JsonElement Template,
    IReadOnlyList<ServiceRevision> Revisions,
    WorkloadState? Engine,
    WorkloadState? Canary,
    AnswerCounts CanaryAnswers,
    DateTimeOffset Now)
{
    /// <summary>What <see cref="Desired"/> was rendered from.</summary>
    public RevisionRuntime? Runtime { get; init; }

    /// <summary>The one that had all requests last.</summary>
    internal ServiceRevision? Current => Revisions.Where(r => r.RolledOutAt is not null).MaxBy(r => r.RolledOutAt);

    internal ServiceRevision? Known => Revisions.FirstOrDefault(r => r.Hash == Desired.Revision);

    internal bool Paused => Spec.Paused == true;

    /// <summary>Null: no canary is asked for.</summary>
    internal int? CanaryPercent => Spec.Engine?.CanaryTrafficPercent is { } percent and < 100 ? percent : null;
}

/// <summary>What to run, who gets the requests, and what to keep and say of it.</summary>
/// <param name="Engine">What <c>SERVICE-engine</c> is to run.</param>
/// <param name="Canary">What <c>SERVICE-canary</c> is to run; null: nothing.</param>
/// <param name="Keep">Revisions to write as they are here: new ones, and those whose marks changed.</param>
/// <param name="Forget">Revisions to delete.</param>
public sealed record RolloutPlan(
    Workload Engine, Workload? Canary, IReadOnlyList<RevisionTraffic> Traffic, Condition Condition, Condition? CanaryCondition, IReadOnlyList<ServiceRevision> Keep,
    IReadOnlyList<ServiceRevision> Forget)
{
    /// <summary>Hash of the revision that is wanted.</summary>
    public required string Latest { get; init; }

    /// <summary>Why no further replica of the engine is started; null: nothing speaks against it.</summary>
    public string? Problem { get; init; }

    /// <summary>Hash of the one that has, or had last, all requests; null: none had yet.</summary>
    public string? RolledOut { get; init; }

    /// <summary>Hash of the one before it.</summary>
    public string? PreviousRolledOut { get; init; }
}
