using Orrery.Resources;

namespace Orrery.Gateway.Routing;

/// <summary>
/// Finds the replica for each request.
/// <code>
///   request ──▶ table has a replica for it? ── yes ──▶ lease          (no lock)
///                       │ no
///                       ▼
///               its service's line ── table swapped, or an ejection ends ──▶ leases, first come first served
/// </code>
/// The lock guards only the lines. A request looks at the table once more inside it, so a swap between its look and its place in the
/// line is never missed.
/// </summary>
internal sealed class Router(GatewayOptions options, TimeProvider time)
{
    // Elsewhere there is mostly more than one server behind a name, and nobody who replaces one: the next try is soon, but not at once.
    private static readonly TimeSpan EjectExternalFor = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, WaitingLine> _lines = [];
    private RouteTable _table = RouteTable.Empty;
    private long _lastArrival;
    private bool _stopping;

    public RouteTable Table => Volatile.Read(ref _table);

    /// <summary>Swaps the table and serves those who wait. One caller at a time.</summary>
    /// <param name="changed">The services whose routes are not those of the table before.</param>
    public void Replace(RouteTable table, IEnumerable<ResourceKey> changed)
    {
        Volatile.Write(ref _table, table);
        lock (_lock)
        {
            foreach (var service in changed)
                ServeLine_Locked(service);
        }
    }

    /// <summary>A request's place in the order of all, kept for its life.</summary>
    public long Arrive() => Interlocked.Increment(ref _lastArrival);

    /// <param name="arrival">From <see cref="Arrive"/>: who came before goes before, also when its replica failed and it waits again.</param>
    /// <param name="wait">Longest wait for a replica; zero: do not wait.</param>
    public async ValueTask<Pick> PickAsync(ResourceKey service, long arrival, TimeSpan wait, CancellationToken ct)
    {
        if (Table.Find(service) is not { } route)
            return new Pick.UnknownService();
        if (route.TryTake(Random.Shared) is { } lease)
            return new Pick.To(lease);

        LinkedListNode<WaitingPlace> place;
        lock (_lock)
        {
            if (TryServe_Locked(service) is { } served)
                return served;
            var line = _lines.TryGetValue(service, out var waiting) ? waiting : new WaitingLine(options.MaxWaiting);
            if (line.Join(arrival) is not { } joined)
                return new Pick.TooManyWaiting(options.MaxWaiting);
            _lines[service] = line;
            place = joined;
        }
        return await WaitAsync(service, place, wait, ct);
    }

    /// <summary>Gives a replica that failed no requests for a while.</summary>
    /// <returns>For how long.</returns>
    public TimeSpan Eject(ResourceKey service, Upstream upstream)
    {
        var pause = upstream.Access is null || options.EjectFor < EjectExternalFor ? options.EjectFor : EjectExternalFor;
        int ticket = upstream.Eject();
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                if (!upstream.Readmit(ticket))
                    return;
                lock (_lock)
                    ServeLine_Locked(service);
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        // Armed only now: the callback must find its own timer.
        timer.Change(pause, Timeout.InfiniteTimeSpan);
        return pause;
    }

    /// <summary>No request is to begin any more.</summary>
    public bool IsStopping => Volatile.Read(ref _stopping);

    /// <summary>Ends every wait; those that have lost their replica do not wait at all.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            Volatile.Write(ref _stopping, true);
            foreach (var service in _lines.Keys.ToList())
                ServeLine_Locked(service);
        }
    }

    private async Task<Pick> WaitAsync(ResourceKey service, LinkedListNode<WaitingPlace> place, TimeSpan wait, CancellationToken ct)
    {
        var served = place.Value.Served;
        try
        {
            return await served.WaitAsync(wait, time, ct);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Leave(service, place);
            // Served in the same moment: the lease is either used or given back.
            if (e is TimeoutException)
                return served.IsCompletedSuccessfully ? served.Result : new Pick.NoneReady();
            if (served is { IsCompletedSuccessfully: true, Result: Pick.To to })
                to.Lease.Dispose();
            throw;
        }
    }

    private void Leave(ResourceKey service, LinkedListNode<WaitingPlace> place)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(service, out var line))
                return;
            line.Leave(place);
            if (line.IsEmpty)
                _lines.Remove(service);
        }
    }

    private void ServeLine_Locked(ResourceKey service)
    {
        if (!_lines.TryGetValue(service, out var line))
            return;
        line.Serve(() => TryServe_Locked(service));
        if (line.IsEmpty)
            _lines.Remove(service);
    }

    /// <summary>Null: keep waiting.</summary>
    private Pick? TryServe_Locked(ResourceKey service)
    {
        if (_stopping)
            return new Pick.Stopping();
        if (Table.Find(service) is not { } route)
            return new Pick.UnknownService();
        if (route.TryTake(Random.Shared) is { } lease)
            return new Pick.To(lease);
        return route.Blocked is { } why ? new Pick.Blocked(why) : null;
    }
}
