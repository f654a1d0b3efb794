using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Revisions;

/// <summary>
/// Decides which revision of an engine runs where. Pure.
/// <code>
///   same as before ───────────────────────────────▶ engine: it
///   another, no share given ──────────────────────▶ engine: it, the runtime replaces replicas one by one
///   another, canaryTrafficPercent below 100 ──────▶ engine: the one before   canary: the new one, with its share
///   … and it fails ───────────────────────────────▶ engine: the one before   canary: nothing, until the spec changes
///   paused ───────────────────────────────────────▶ whatever is being done is held where it is; nothing new begins
/// </code>
/// </summary>
public static class Rollout
{
    /// <summary>Condition: all replicas are of the wanted revision.</summary>
    public const string RolledOut = "RolledOut";

    /// <summary>Condition: the revision that is being tried answers well.</summary>
    public const string CanaryHealthy = "CanaryHealthy";

    /// <summary>Reason: what was tried was taken back.</summary>
    public const string SteppedBack = "SteppedBack";

    private const int DefaultHistory = 10;

    public static RolloutPlan Decide(RolloutQuestion asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var current = asked.Current;
        // Paused before it began: what was wanted last stays wanted.
        var held = asked.Paused && asked.Known is null ? asked.Revisions.MaxBy(r => r.Number) : null;
        var wanted = held?.Engine ?? asked.Desired;
        bool tries = current is not null && current.Hash != wanted.Revision && asked.CanaryPercent is not null && DividesRequests(asked.Spec);
        var plan = tries ? Try(asked, current!, wanted, asked.CanaryPercent!.Value) : Replace(asked, wanted);
        if (held is not null)
            plan = plan with { Condition = Held(asked, wanted) };
        string next = held is not null ? $"`orrery rollout resume` begins {asked.Desired.Revision}" : $"canaryTrafficPercent: 100 gives all requests to {wanted.Revision}";
        return WithHistory(asked, AsFarAsItCan(asked, tries ? current : held, plan, next), wanted.Revision, isHeld: held is not null);
    }

    /// <summary>A router, or a decoder that belongs to its engine, cannot be given a share of the requests alone.</summary>
    public static bool DividesRequests(InferenceServiceSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Decoder is null && spec.Router is null;
    }

    private static RolloutPlan Replace(RolloutQuestion asked, Workload wanted)
    {
        var engine = As(asked, wanted, asked.Desired.Key, asked.Desired.Replicas) with { Paused = asked.Paused };
        var others = asked.Engine?.Replicas.Where(r => r.Revision != wanted.Revision).ToList() ?? [];
        int ready = asked.Engine is { } state && state.Revision == wanted.Revision ? state.Ready : 0, desired = asked.Desired.Replicas ?? 0;
        bool done = asked.Engine?.Revision == wanted.Revision && others.Count == 0 && ready > 0 && ready >= desired;
        var condition = (done, asked.Paused, desired) switch
        {
            (true, _, _) => Conditions.True(RolledOut, "RolledOut", $"every replica is of revision {wanted.Revision}"),
            (_, true, _) when others.Count > 0 => Conditions.Unknown(RolledOut, "Paused", $"{ready} of {desired} replicas are of revision {wanted.Revision}; `orrery rollout resume` goes on"),
            (_, _, 0) when others.Count == 0 => Conditions.True(RolledOut, "ScaledToZero", $"the next replica will be of revision {wanted.Revision}"),
            _ => Conditions.Unknown(RolledOut, "Progressing", $"{ready} of {desired} replicas are of revision {wanted.Revision} and ready{(others.Count == 0 ? "" : $", {others.Count} of earlier ones are there")}{Trouble(asked.Engine, wanted)}"),
        };
        IReadOnlyList<ServiceRevision> marked = done && asked.Revisions.FirstOrDefault(r => r.Hash == wanted.Revision) is var known && asked.Current?.Hash != wanted.Revision
            ? [(known ?? New(asked, wanted)) with { RolledOutAt = asked.Now, Failed = null }]
            : [];
        return new RolloutPlan(engine, null, [Share(engine, 100)], condition, null, marked, []) { Latest = wanted.Revision };
    }

    private static RolloutPlan Try(RolloutQuestion asked, ServiceRevision current, Workload wanted, int percent)
    {
        var engine = As(asked, current.Engine, asked.Desired.Key, asked.Desired.Replicas);
        var known = asked.Revisions.FirstOrDefault(r => r.Hash == wanted.Revision);
        var state = asked.Canary is { } seen && seen.Revision == wanted.Revision ? seen : null;
        if ((known?.Failed ?? CanaryVerdict.ReasonAgainst(asked.Spec.Engine?.Canary, state, asked.CanaryAnswers)) is { } why)
        {
            string message = $"revision {wanted.Revision} was taken back: {why}. Requests go to {current.Hash}; change the spec, or go back with `orrery rollout undo`";
            IReadOnlyList<ServiceRevision> marked = known?.Failed is null ? [(known ?? New(asked, wanted)) with { Failed = why }] : [];
            return new RolloutPlan(
                engine, null, [Share(engine, 100)], Conditions.False(RolledOut, SteppedBack, message), Conditions.False(CanaryHealthy, SteppedBack, message), marked, [])
            { Latest = wanted.Revision };
        }
        int replicas = CanaryReplicas(asked.Desired.Replicas ?? 0, percent);
        var canary = As(asked, wanted, asked.Desired.Key with { Name = ServingNames.Workload(ServingNames.ServiceOf(asked.Desired.Key.Name)!, ServingNames.Canary) }, replicas);
        // Another canary comes when this one is gone: meanwhile all requests go to what has served so far.
        canary = canary with { MaxSurge = 0, MaxUnavailable = Math.Max(1, canary.MaxUnavailable) };
        var health = state is { Ready: > 0 }
            ? Conditions.True(CanaryHealthy, "Answers", $"revision {wanted.Revision} gets {percent} % of the requests")
            : Conditions.Unknown(CanaryHealthy, "Starting", $"revision {wanted.Revision} has no replica that answers yet; all requests go to {current.Hash}");
        return new RolloutPlan(
            engine, canary, [Share(engine, 100 - percent), Share(canary, percent)],
            Conditions.Unknown(RolledOut, "Canary", $"{percent} % of the requests go to revision {wanted.Revision}, the others to {current.Hash}; canaryTrafficPercent: 100 gives it all of them"),
            health, [], [])
        { Latest = wanted.Revision };
    }

    /// <summary>A revision whose files are gone runs on in the replicas that have read them; another one would only end again and again.</summary>
    /// <param name="kept">That runs as it was rendered; null: what runs was rendered now.</param>
    /// <param name="next">What leads out of it.</param>
    private static RolloutPlan AsFarAsItCan(RolloutQuestion asked, ServiceRevision? kept, RolloutPlan plan, string next)
    {
        if (kept is not { Missing: [var first, ..] })
            return plan;
        int running = asked.Engine?.Replicas.Count(r => r.Revision == kept.Hash && r.Phase == ReplicaPhase.Ready) ?? 0;
        string problem = $"revision {kept.Hash} reads {first}, which is gone, so no further replica of it is started; {next}, or bring back that version of the model";
        return plan with
        {
            Engine = plan.Engine with { Replicas = Math.Min(plan.Engine.Replicas ?? 0, running) },
            Condition = plan.Condition.Status == "False" ? plan.Condition : Conditions.False(RolledOut, ServiceConditions.ModelFilesGone, problem),
            Problem = problem,
        };
    }

    private static string Trouble(WorkloadState? engine, Workload wanted)
        => engine?.Replicas.FirstOrDefault(r => r.Revision == wanted.Revision && r.Phase == ReplicaPhase.Waiting) is { } troubled ? $"; {troubled.Name}: {troubled.Message}" : "";

    /// <summary>At least one, so that a share of 0 tries whether it starts; none where the engine has none.</summary>
    internal static int CanaryReplicas(int engine, int percent) => engine == 0 ? 0 : Math.Max(1, (engine * percent + 99) / 100);

    // What belongs to the service and not to a revision is as it is now.
    private static Workload As(RolloutQuestion asked, Workload rendered, WorkloadKey key, int? replicas) => rendered with
    {
        Key = key,
        Owner = asked.Desired.Owner,
        Labels = asked.Desired.Labels,
        Replicas = replicas,
        MaxSurge = asked.Desired.MaxSurge,
        MaxUnavailable = asked.Desired.MaxUnavailable,
        Paused = false,
    };

    private static Condition Held(RolloutQuestion asked, Workload wanted)
        => Conditions.Unknown(RolledOut, "Paused", $"revision {asked.Desired.Revision} waits: the service is paused at {wanted.Revision}; `orrery rollout resume` begins it");

    private static RevisionTraffic Share(Workload workload, int percent) => new() { Revision = workload.Revision, Workload = workload.Key.Name, Percent = percent };

    private static ServiceRevision New(RolloutQuestion asked, Workload wanted) => new(
        ServiceRevision.NameOf(ServingNames.ServiceOf(asked.Desired.Key.Name)!, wanted.Revision),
        asked.Revisions.Select(r => r.Number).DefaultIfEmpty(0).Max() + 1,
        asked.Template,
        wanted with { Replicas = 0, Paused = false }) { Runtime = asked.Runtime };

    /// <summary>Adds what is to be kept: the wanted revision under the highest number, and no more old ones than wanted.</summary>
    private static RolloutPlan WithHistory(RolloutQuestion asked, RolloutPlan plan, string wanted, bool isHeld)
    {
        var keep = plan.Keep.ToList();
        if (!isHeld)
        {
            long highest = asked.Revisions.Select(r => r.Number).DefaultIfEmpty(0).Max();
            var own = keep.Find(r => r.Hash == wanted) ?? asked.Known ?? New(asked, asked.Desired);
            bool isNew = asked.Known is null, isBelow = own.Number < highest;
            if (isBelow)
                own = own with { Number = highest + 1 };
            // Gone back to: as good as new, and tried again.
            if (isBelow && own.Failed is not null && !plan.Keep.Any(r => r.Hash == wanted))
                own = own with { Failed = null };
            if (isNew || isBelow)
            {
                keep.RemoveAll(r => r.Hash == wanted);
                keep.Add(own);
            }
        }
        var after = asked.Revisions.Where(r => keep.TrueForAll(k => k.Name != r.Name)).Concat(keep).ToList();
        var rolledOut = after.Where(r => r.RolledOutAt is not null).OrderByDescending(r => r.RolledOutAt).ToList();
        var pinned = after.Find(r => r.Name == asked.Spec.Runtime?.Revision);
        string?[] living = [wanted, pinned?.Hash, rolledOut.FirstOrDefault()?.Hash, asked.Desired.Revision, .. (asked.Engine?.Replicas ?? []).Select(r => r.Revision)];
        var forget = after.Where(r => !living.Contains(r.Hash)).OrderByDescending(r => r.Number).Skip(asked.Spec.RevisionHistoryLimit ?? DefaultHistory).ToList();
        return plan with
        {
            Keep = keep,
            Forget = forget,
            RolledOut = rolledOut.FirstOrDefault()?.Hash,
            PreviousRolledOut = rolledOut.Skip(1).FirstOrDefault()?.Hash,
        };
    }
}
