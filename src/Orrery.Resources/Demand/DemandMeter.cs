using System.Collections.Concurrent;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Resources.Demand;

/// <summary>Counts one process's requests per service. The gateway enters and leaves; who scales in the same process reads.</summary>
public sealed class DemandMeter(TimeProvider time) : IDemandFeed
{
    private readonly ConcurrentDictionary<ResourceKey, DemandCounts> _services = new();
    private readonly ConcurrentDictionary<WorkloadKey, AnswerOutcomes> _answers = new();
    private readonly DemandWatchers _watchers = new();

    // Only of those that work on something: no longer than the requests in flight.
    private readonly Dictionary<string, int> _work = new(StringComparer.Ordinal);

    /// <summary>A request for this service arrived and waits for a replica. Dispose when it has ended, however it ended.</summary>
    public DemandClaim Enter(ResourceKey service)
    {
        while (true)
        {
            var counts = _services.GetOrAdd(service, _ => new DemandCounts());
            // Forgotten between the two lines: the next look makes new ones.
            if (counts.Arrive(time.GetUtcNow()) is not { } first)
                continue;
            if (first)
                _watchers.Tell(service);
            return new DemandClaim(this, service, counts);
        }
    }

    /// <summary>
    /// The service is gone: its figures and its workloads' are dropped, so that what is kept does not grow with all services that ever were.
    /// While it still has requests nothing is; whoever ends the last one says it again.
    /// </summary>
    public void Forget(ResourceKey service)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (_services.TryGetValue(service, out var counts))
        {
            if (!counts.Retire())
                return;
            _services.TryRemove(KeyValuePair.Create(service, counts));
        }
        foreach (string workload in ServingNames.WorkloadsOf(service.Name))
            _answers.TryRemove(new WorkloadKey(service.Namespace, workload), out _);
    }

    public ServiceDemand Read(ResourceKey service) => _services.TryGetValue(service, out var counts) ? counts.Read() : ServiceDemand.None;

    public AnswerCounts Answers(WorkloadKey workload) => _answers.TryGetValue(workload, out var outcomes) ? outcomes.Read() : AnswerCounts.None;

    /// <summary>A request to one of the workload's replicas ended.</summary>
    /// <param name="failed">It was answered 5xx, or not to the end.</param>
    public void Answered(WorkloadKey workload, bool failed) => _answers.GetOrAdd(workload, _ => new AnswerOutcomes()).Add(failed);

    /// <summary>A replica works on a request now. Dispose once when it does no more.</summary>
    /// <param name="address"><c>unix:/path</c> or <c>127.0.0.1:port</c>.</param>
    public ReplicaWork WorkAt(string address)
    {
        Work(address, 1);
        return new ReplicaWork(this, address);
    }

    /// <summary>Requests that the replica at this address works on.</summary>
    public int InFlightAt(string address)
    {
        lock (_work)
            return _work.GetValueOrDefault(address);
    }

    internal void Work(string address, int change)
    {
        lock (_work)
        {
            if ((_work[address] = _work.GetValueOrDefault(address) + change) == 0)
                _work.Remove(address);
        }
    }

    public IAsyncEnumerable<ResourceKey> WatchAsync(CancellationToken ct)
        => _watchers.WatchAsync(() => _services.Where(s => s.Value.Read() is { Waiting: > 0 } or { InFlight: > 0 }).Select(s => s.Key), ct);

    internal void Leave(ResourceKey service, DemandCounts counts, bool wasWaiting, long tokens)
    {
        if (counts.Leave(wasWaiting, tokens, time.GetUtcNow()))
            _watchers.Tell(service);
    }
}
