using System.Collections.Immutable;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>A replica as the plan sees it.</summary>
/// <param name="RestartAt">When a waiting one may start again.</param>
/// <param name="IsLeaving">Stops for good. One that stops otherwise will wait and start again.</param>
internal sealed record ObservedReplica(
    string Name, string Revision, ReplicaPhase Phase, DateTimeOffset StartedAt, DateTimeOffset RestartAt = default, bool IsLeaving = false);

internal abstract record ReplicaStep(string Replica, string Reason)
{
    public sealed record Start(string Replica, string Reason) : ReplicaStep(Replica, Reason);

    /// <summary>The same replica again, after it ended by itself.</summary>
    public sealed record Restart(string Replica, string Reason) : ReplicaStep(Replica, Reason);

    public sealed record Stop(string Replica, string Reason) : ReplicaStep(Replica, Reason);
}

/// <summary>How a rollout may go.</summary>
/// <param name="Surge">Replicas above the wanted number; those that still stop count. At least 1 where <paramref name="Unavailable"/> is 0.</param>
/// <param name="Unavailable">Replicas that answer below the wanted number.</param>
/// <param name="Paused">Replicas of an earlier revision stay, and count as wanted ones.</param>
internal readonly record struct RolloutBounds(int Surge, int Unavailable, bool Paused)
{
    /// <summary>
    /// How many must answer for one to be taken away. One always stays, unless the only one is to go first because none may be added before.
    /// </summary>
    public int Floor(int desired) => desired == 0 || (desired == 1 && Surge == 0) ? 0 : Math.Max(1, desired - Unavailable);
}

/// <param name="LookAgainAt">When time alone will ask for another step. Null: only an event will.</param>
internal sealed record ReplicaPlan(ImmutableArray<ReplicaStep> Steps, DateTimeOffset? LookAgainAt)
{
    /// <summary>
    /// The next steps that bring a workload's replicas closer to what is wanted.
    /// Pure: no clock, no I/O, no logger. The same inputs always give the same plan.
    /// </summary>
    /// <param name="nextNumber">Of the next new replica: numbers are never used twice.</param>
    public static ReplicaPlan For(
        string workload, string revision, int desired, RolloutBounds bounds, IReadOnlyCollection<ObservedReplica> observed, int nextNumber, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bounds.Unavailable);
        ArgumentOutOfRangeException.ThrowIfLessThan(bounds.Surge, bounds.Unavailable > 0 ? 0 : 1, nameof(bounds));

        var steps = ImmutableArray.CreateBuilder<ReplicaStep>();
        bool IsStale(ObservedReplica r) => r.Revision != revision && !bounds.Paused;
        var kept = observed.Where(r => !r.IsLeaving && !IsStale(r)).ToList();
        var stale = observed.Where(r => !r.IsLeaving && IsStale(r)).ToList();
        int live = observed.Count;
        int ready = observed.Count(r => r.Phase == ReplicaPhase.Ready);

        // 1. A stale replica that is not ready serves nobody: stop it now. One that does not even run leaves its place.
        foreach (var r in stale.Where(r => r.Phase != ReplicaPhase.Ready))
        {
            steps.Add(new ReplicaStep.Stop(r.Name, "of an old revision and not ready"));
            live -= r.Phase == ReplicaPhase.Waiting ? 1 : 0;
        }

        // 2. Start missing replicas, never holding more than desired + surge.
        for (int have = kept.Count; have < desired && live < desired + bounds.Surge; have++, live++)
            steps.Add(new ReplicaStep.Start($"{workload}-{nextNumber++}", $"{have} of {desired} there"));

        // 3. Retire ready stale replicas, oldest first, while enough ready ones remain.
        foreach (var r in stale.Where(r => r.Phase == ReplicaPhase.Ready).OrderBy(r => r.StartedAt).TakeWhile(_ => ready > bounds.Floor(desired)))
        {
            steps.Add(new ReplicaStep.Stop(r.Name, "of an old revision, replaced"));
            ready--;
        }

        // 4. Scale down: those that do not run, then not ready, then the youngest (the oldest has the warmest cache).
        var surplus = kept
            .OrderByDescending(r => r.Phase == ReplicaPhase.Waiting).ThenBy(r => r.Phase == ReplicaPhase.Ready).ThenByDescending(r => r.StartedAt)
            .Take(kept.Count - desired).ToList();
        foreach (var r in surplus)
            steps.Add(new ReplicaStep.Stop(r.Name, $"{kept.Count} there, {desired} wanted"));

        // 5. Start again what ended by itself, when its time has come.
        var waiting = kept.Except(surplus).Where(r => r.Phase == ReplicaPhase.Waiting).ToList();
        foreach (var r in waiting.Where(r => r.RestartAt <= now))
            steps.Add(new ReplicaStep.Restart(r.Name, "ended by itself"));
        return new ReplicaPlan(steps.ToImmutable(), waiting.Where(r => r.RestartAt > now).Select(r => (DateTimeOffset?)r.RestartAt).Min());
    }
}
