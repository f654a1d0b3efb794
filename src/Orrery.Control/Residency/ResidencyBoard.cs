using System.Runtime.CompilerServices;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Residency;

/// <summary>
/// Holds what is known of all services' memory and the last decision about it. Everything told to it decides anew; who is concerned is named by
/// <see cref="WatchAsync"/>. Holds each service once, so it is bounded by the number of services.
/// </summary>
/// <param name="demand">Read at every decision: whether somebody serves is asked when it matters.</param>
/// <param name="budgetBytes">Null: no bound.</param>
public sealed class ResidencyBoard(IDemandFeed demand, TimeProvider time, long? budgetBytes, ResidencyOptions? options = null)
{
    private static readonly TimeSpan WhileWaiting = TimeSpan.FromSeconds(5);

    private readonly ResidencyOptions _options = options ?? ResidencyOptions.Default;
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, Resident> _residents = [];
    private readonly HashSet<ResourceKey> _changed = [];
    private TaskCompletionSource _change = NewSignal();
    private TaskCompletionSource _running = NewSignal();

    /// <returns>What the service may have in memory, and when to ask again without being told.</returns>
    public (Grant Grant, TimeSpan? LookAgain) Observe(ResidentService seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (!_residents.TryGetValue(seen.Service, out var resident))
                _residents[seen.Service] = resident = new Resident(seen);
            resident.See(seen, now);
            if (seen.Running > 0)
                _running.TrySetResult();
            var lookAgain = Decide_Locked(now, seen.Service);
            resident.Hand(now);
            var grant = resident.Grant!;
            // Should nobody tell it that the others are gone, it asks.
            return (grant, grant.Outcome is GrantOutcome.WaitingForMemory or GrantOutcome.Fewer ? (lookAgain < WhileWaiting ? lookAgain : WhileWaiting) : null);
        }
    }

    /// <summary>The service is gone, or has no replicas here any more.</summary>
    public void Forget(ResourceKey service)
    {
        lock (_lock)
        {
            _changed.Remove(service);
            if (_residents.Remove(service))
                Decide_Locked(time.GetUtcNow(), null);
        }
    }

    /// <param name="usage">Of every replica that runs.</param>
    public void Measured(IReadOnlyList<ReplicaUsage> usage)
    {
        var byService = usage.ToLookup(u => ServingNames.ServiceOf(u.Workload.Name) is { } name ? InferenceService.Kind.Key(u.Workload.Namespace, name) : null);
        lock (_lock)
        {
            foreach (var (service, resident) in _residents)
                resident.Measure([.. byService[service]]);
            Decide_Locked(time.GetUtcNow(), null);
        }
    }

    /// <summary>What was decided last. Null: nothing yet.</summary>
    public Grant? Last(ResourceKey service)
    {
        lock (_lock)
            return _residents.GetValueOrDefault(service)?.Grant;
    }

    /// <summary>What the service's replicas were last seen to use.</summary>
    public IReadOnlyList<ReplicaUsage> Usage(ResourceKey service)
    {
        lock (_lock)
            return _residents.GetValueOrDefault(service)?.Usage ?? [];
    }

    /// <summary>Ends as soon as a replica runs.</summary>
    public Task RunningAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (!_residents.Values.Any(r => r.Seen.Running > 0) && _running.Task.IsCompleted)
                _running = NewSignal();
            return _running.Task.WaitAsync(ct);
        }
    }

    /// <summary>Services of which something else is decided now, all of them first. For one reader: a change is told once.</summary>
    public async IAsyncEnumerable<ResourceKey> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        lock (_lock)
            _changed.UnionWith(_residents.Keys);
        while (true)
        {
            Task change;
            List<ResourceKey> changed;
            lock (_lock)
            {
                changed = [.. _changed];
                _changed.Clear();
                if (_change.Task.IsCompleted)
                    _change = NewSignal();
                change = _change.Task;
            }
            foreach (var service in changed)
                yield return service;
            await change.WaitAsync(ct);
        }
    }

    /// <param name="asking">Hears of it by other means.</param>
    private TimeSpan? Decide_Locked(DateTimeOffset now, ResourceKey? asking)
    {
        List<Tenant> tenants = [.. _residents.Values.Select(r => r.Tenant(demand.Read(r.Seen.Service)))];
        var decision = ResidencyPlan.Decide(tenants, budgetBytes, now, _options);
        foreach (var tenant in tenants)
        {
            if (_residents[tenant.Service].Take(decision.Grants[tenant.Service], tenant.Requests > 0, now) && tenant.Service != asking)
            {
                _changed.Add(tenant.Service);
                _change.TrySetResult();
            }
        }
        return decision.LookAgain;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
