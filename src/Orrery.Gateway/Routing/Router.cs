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
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, LinkedList<TaskCompletionSource<Pick>>> _lines = [];
    private RouteTable _table = RouteTable.Empty;
    private bool _stopping;

    public RouteTable Table => Volatile.Read(ref _table);

    /// <summary>Swaps the table and serves those who wait. One caller at a time.</summary>
    public void Replace(RouteTable table)
    {
        Volatile.Write(ref _table, table);
        ServeLines();
    }

    /// <param name="wait">Longest wait for a replica; zero: do not wait.</param>
    public async ValueTask<Pick> PickAsync(ResourceKey service, TimeSpan wait, CancellationToken ct)
    {
        if (Table.Find(service) is not { } route)
            return new Pick.UnknownService();
        if (route.TryTake(Random.Shared) is { } lease)
            return new Pick.To(lease);

        LinkedListNode<TaskCompletionSource<Pick>> place;
        lock (_lock)
        {
            if (TryServe_Locked(service) is { } served)
                return served;
            var line = _lines.TryGetValue(service, out var waiting) ? waiting : _lines[service] = [];
            if (line.Count >= options.MaxWaiting)
                return new Pick.TooManyWaiting(options.MaxWaiting);
            place = line.AddLast(new TaskCompletionSource<Pick>(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        return await WaitAsync(service, place, wait, ct);
    }

    /// <summary>Gives a replica that failed no requests for a while.</summary>
    public void Eject(Upstream upstream)
    {
        int ticket = upstream.Eject();
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                if (upstream.Readmit(ticket))
                    ServeLines();
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        // Armed only now: the callback must find its own timer.
        timer.Change(options.EjectFor, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends every wait; later requests do not wait at all.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopping = true;
            ServeLines_Locked();
        }
    }

    private async Task<Pick> WaitAsync(ResourceKey service, LinkedListNode<TaskCompletionSource<Pick>> place, TimeSpan wait, CancellationToken ct)
    {
        try
        {
            return await place.Value.Task.WaitAsync(wait, time, ct);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Leave(service, place);
            // Served in the same moment: the lease is either used or given back.
            if (e is TimeoutException)
                return place.Value.Task.IsCompletedSuccessfully ? place.Value.Task.Result : new Pick.NoneReady();
            if (place.Value.Task is { IsCompletedSuccessfully: true, Result: Pick.To to })
                to.Lease.Dispose();
            throw;
        }
    }

    private void Leave(ResourceKey service, LinkedListNode<TaskCompletionSource<Pick>> place)
    {
        lock (_lock)
        {
            place.List?.Remove(place);
            if (_lines.TryGetValue(service, out var line) && line.Count == 0)
                _lines.Remove(service);
        }
    }

    private void ServeLines()
    {
        lock (_lock)
            ServeLines_Locked();
    }

    private void ServeLines_Locked()
    {
        foreach (var (service, line) in _lines.ToArray())
        {
            while (line.First is { } first && TryServe_Locked(service) is { } served)
            {
                line.RemoveFirst();
                first.Value.SetResult(served);
            }
            if (line.Count == 0)
                _lines.Remove(service);
        }
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
