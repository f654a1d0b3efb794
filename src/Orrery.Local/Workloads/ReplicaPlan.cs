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

/// <param name="LookAgainAt">When time alone will ask for another step. Null: only an event will.</param>
internal sealed record ReplicaPlan(ImmutableArray<ReplicaStep> Steps, DateTimeOffset? LookAgainAt)
{
    /// <summary>
    /// The next steps that bring a workload's replicas closer to what is wanted.
    /// Pure: no clock, no I/O, no logger. The same inputs always give the same plan.
    /// </summary>
    /// <param name="nextNumber">Of the next new replica: numbers are never used twice.</param>
    /// <param name="surge">Replicas above <paramref name="desired"/> during a rollout; those that still stop count. At least 1.</param>
    public static ReplicaPlan For(
        string workload, string revision, int desired, int surge, IReadOnlyCollection<ObservedReplica> observed, int nextNumber, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(surge, 1);

        var steps = ImmutableArray.CreateBuilder<ReplicaStep>();
        var fresh = observed.Where(r => !r.IsLeaving && r.Revision == revision).ToList();
        var stale = observed.Where(r => !r.IsLeaving && r.Revision != revision).ToList();
        int live = observed.Count;
        int ready = observed.Count(r => r.Phase == ReplicaPhase.Ready);

        // 1. A stale replica that is not ready serves nobody: stop it now. One that does not even run leaves its place.
        foreach (var r in stale.Where(r => r.Phase != ReplicaPhase.Ready))
        {
            steps.Add(new ReplicaStep.Stop(r.Name, "of an old revision and not ready"));
            live -= r.Phase == ReplicaPhase.Waiting ? 1 : 0;
        }

        // 2. Start missing fresh replicas, never holding more than desired + surge.
        for (int have = fresh.Count; have < desired && live < desired + surge; have++, live++)
            steps.Add(new ReplicaStep.Start($"{workload}-{nextNumber++}", $"{have} of {desired} there"));

        // 3. Retire ready stale replicas, oldest first, while enough ready ones remain.
        foreach (var r in stale.Where(r => r.Phase == ReplicaPhase.Ready).OrderBy(r => r.StartedAt).TakeWhile(_ => ready > desired))
        {
            steps.Add(new ReplicaStep.Stop(r.Name, "of an old revision, replaced"));
            ready--;
        }

        // 4. Scale down: those that do not run, then not ready, then the youngest (the oldest has the warmest cache).
        var surplus = fresh
            .OrderByDescending(r => r.Phase == ReplicaPhase.Waiting).ThenBy(r => r.Phase == ReplicaPhase.Ready).ThenByDescending(r => r.StartedAt)
            .Take(fresh.Count - desired).ToList();
        foreach (var r in surplus)
            steps.Add(new ReplicaStep.Stop(r.Name, $"{fresh.Count} there, {desired} wanted"));

        // 5. Start again what ended by itself, when its time has come.
        var waiting = fresh.Except(surplus).Where(r => r.Phase == ReplicaPhase.Waiting).ToList();
        foreach (var r in waiting.Where(r => r.RestartAt <= now))
            steps.Add(new ReplicaStep.Restart(r.Name, "ended by itself"));
        return new ReplicaPlan(steps.ToImmutable(), waiting.Where(r => r.RestartAt > now).Select(r => (DateTimeOffset?)r.RestartAt).Min());
    }
}
