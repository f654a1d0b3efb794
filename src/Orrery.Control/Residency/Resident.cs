using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Residency;

/// <summary>What the board remembers of one service.</summary>
internal sealed class Resident(ResidentService seen)
{
    // A replica's memory is never still. What differs by less moves nothing, and writes nothing.
    private const double Noise = 0.05;

    // Between what a controller is told and what the runtime reports of it there is time, in which the replica is there and nobody sees it.
    private static readonly TimeSpan LongestReport = TimeSpan.FromSeconds(30);

    private (DateTimeOffset Since, bool HasRequests)? _waiting;
    private (int Replicas, object? Report, DateTimeOffset Until)? _handed;
    private DateTimeOffset? _residentSince;
    private long? _measured;
    private long? _beside;

    public ResidentService Seen { get; private set; } = seen;

    public Grant? Grant { get; private set; }

    public IReadOnlyList<ReplicaUsage> Usage { get; private set; } = [];

    public void See(ResidentService seen, DateTimeOffset now)
    {
        if (seen.Revision is not null && Seen.Revision is not null && seen.Revision != Seen.Revision)
            _measured = null;
        // It is in memory when it answers: loading is not residence.
        if (seen.Ready > 0 && Seen.Ready == 0)
            _residentSince = now;
        if (_handed is { } handed && (!ReferenceEquals(handed.Report, seen.Report) || now >= handed.Until))
            _handed = null;
        Seen = seen.Revision is null ? seen with { Revision = Seen.Revision } : seen;
    }

    /// <summary>A controller is told the grant and acts by it.</summary>
    public void Hand(DateTimeOffset now)
    {
        if (Grant!.Replicas > Math.Max(Seen.Running, _handed?.Replicas ?? 0))
            _handed = (Grant.Replicas, Seen.Report, now + LongestReport);
    }

    /// <param name="usage">Of all workloads of the service.</param>
    public void Measure(IReadOnlyList<ReplicaUsage> usage)
    {
        Usage = usage;
        // What was measured last stays true of one that is gone, until it runs again.
        if (usage.Count == 0)
            return;
        var replicas = usage.Where(IsReplica).ToList();
        long beside = usage.Where(u => !IsReplica(u)).Sum(u => u.MemoryBytes);
        _beside = (long)Steady(_beside ?? 0, Seen.IsBesideUp ? beside : Math.Max(beside, _beside ?? Seen.BesideForeseenBytes));
        if (replicas.Count == 0)
            return;
        long largest = replicas.Max(u => u.MemoryBytes);
        // One that still loads has not yet what it will have.
        if (Seen.Ready < Seen.Running || Seen.Ready == 0)
            largest = Math.Max(largest, _measured ?? Seen.ForeseenBytes ?? 0);
        _measured = (long)Steady(_measured ?? 0, largest);
    }

    public Tenant Tenant(ServiceDemand demand) => new(Seen.Service)
    {
        Wanted = Seen.Wanted,
        Extra = Seen.Extra,
        Least = Seen.Least,
        Running = Math.Max(Seen.Running, _handed?.Replicas ?? 0),
        Granted = Grant?.Replicas,
        MeasuredBytes = _measured,
        ForeseenBytes = Seen.ForeseenBytes,
        BesideBytes = _beside ?? Seen.BesideForeseenBytes,
        Requests = demand.Waiting + demand.InFlight,
        WaitingSince = _waiting?.Since,
        LastUsed = demand.LastUsed,
        ResidentSince = _residentSince,
        Priority = Seen.Priority,
        Pinned = Seen.Pinned,
        Overtaken = Grant?.Overtaken ?? 0,
        EvictedFor = Grant?.EvictedFor,
    };

    /// <returns>True: it says something else than before.</returns>
    public bool Take(Grant grant, bool hasRequests, DateTimeOffset now)
    {
        var before = Grant;
        if (grant.Replicas > 0 && before is not { Replicas: > 0 })
            _residentSince = now;
        // A service that nobody asked for has no place in the line of those that somebody does.
        _waiting = grant.Outcome is GrantOutcome.WaitingForMemory or GrantOutcome.Fewer
            ? _waiting is { } since && since.HasRequests == hasRequests ? since : (now, hasRequests)
            : null;
        Grant = grant;
        return before is null || (before.Replicas, before.Outcome, before.Message) != (grant.Replicas, grant.Outcome, grant.Message);
    }

    // A canary is one more replica of the engine.
    private bool IsReplica(ReplicaUsage usage) => usage.Workload.Name == Seen.Engine || usage.Workload.Name == ServingNames.Workload(Seen.Service.Name, ServingNames.Canary);

    private static double Steady(double before, double now) => Math.Abs(now - before) <= before * Noise ? before : now;
}
