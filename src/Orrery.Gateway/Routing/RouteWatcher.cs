using Microsoft.Extensions.Logging;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Gateway.Routing;

/// <summary>Follows services, slices and secrets in the store and gives the router a new table after each change that concerns one.</summary>
internal sealed partial class RouteWatcher : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);

    private readonly IResourceStore _store;
    private readonly Router _router;
    private readonly DemandMeter _demand;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly RouteSources _sources;
    private readonly CancellationTokenSource _stopping = new();
    private Task _following = Task.CompletedTask;

    /// <param name="demand">Forgets the figures of services that are gone.</param>
    public RouteWatcher(IResourceStore store, Router router, DemandMeter demand, TimeProvider time, ILogger log)
    {
        (_store, _router, _demand, _time, _log) = (store, router, demand, time, log);
        _sources = new RouteSources((key, problem) => LogUnreadable(log, key, problem));
    }

    /// <summary>Back when the first table holds all there is.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        ResourceKind[] kinds = [InferenceService.Kind, EndpointSlice.Kind, Secret.Kind];
        var listed = kinds.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        _following = Task.WhenAll(kinds.Zip(listed, (kind, first) => FollowAsync(kind, first, _stopping.Token)));
        await Task.WhenAll(listed.Select(l => l.Task)).WaitAsync(ct);
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _following;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task FollowAsync(ResourceKind kind, TaskCompletionSource listed, CancellationToken ct)
    {
        var retry = FirstRetry;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in _store.FollowAsync(kind, ns: null, ct))
                {
                    Apply(kind, change);
                    listed.TrySetResult();
                    retry = FirstRetry;
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The last table stays in use: replicas that were ready most likely still are.
                LogRetry(_log, kind.Plural, retry, e);
                await Task.Delay(retry, _time, ct).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
            }
        }
    }

    private void Apply(ResourceKind kind, FollowEvent change)
    {
        lock (_lock)
        {
            var concerned = _sources.Learn(kind, change);
            if (concerned.Count == 0)
                return;
            var table = _router.Table;
            _router.Replace(table.With(concerned.Select(s => KeyValuePair.Create(s, _sources.RouteOf(s, table.Find(s))))), concerned);
            foreach (var gone in concerned.Where(s => _router.Table.Find(s) is null))
                _demand.Forget(gone);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Key} gets no route, it cannot be read: {Problem}")]
    private static partial void LogUnreadable(ILogger log, ResourceKey key, string problem);

    [LoggerMessage(LogLevel.Warning, "Cannot follow {Kind}; routes stay as they are, next try in {Retry}")]
    private static partial void LogRetry(ILogger log, string kind, TimeSpan retry, Exception e);
}
