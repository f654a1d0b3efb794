using Microsoft.Extensions.Logging;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Gateway.Routing;

/// <summary>Follows services and slices in the store and gives the router a new table after each change.</summary>
internal sealed partial class RouteWatcher(IResourceStore store, Router router, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, InferenceService> _services = [];
    private readonly Dictionary<ResourceKey, EndpointSlice> _slices = [];
    private readonly TaskCompletionSource _servicesListed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _slicesListed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private Task _following = Task.CompletedTask;

    /// <summary>Back when the first table holds all there is.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        _following = Task.WhenAll(
            FollowAsync(_services, _servicesListed, _stopping.Token),
            FollowAsync(_slices, _slicesListed, _stopping.Token));
        await Task.WhenAll(_servicesListed.Task, _slicesListed.Task).WaitAsync(ct);
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _following;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task FollowAsync<T>(Dictionary<ResourceKey, T> known, TaskCompletionSource listed, CancellationToken ct)
        where T : Resource, IResource<T>
    {
        var retry = FirstRetry;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in store.FollowAsync(T.Kind, ns: null, ct))
                {
                    Apply(known, change);
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
                LogRetry(log, T.Kind.Plural, retry, e);
                await Task.Delay(retry, time, ct).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
            }
        }
    }

    private void Apply<T>(Dictionary<ResourceKey, T> known, FollowEvent change)
        where T : Resource, IResource<T>
    {
        lock (_lock)
        {
            switch (change)
            {
                case FollowEvent.Replaced replaced:
                    known.Clear();
                    foreach (var document in replaced.Items)
                        Learn(known, document);
                    break;
                case FollowEvent.Changed changed:
                    Learn(known, changed.Document);
                    break;
                case FollowEvent.Removed removed:
                    known.Remove(removed.Document.Key);
                    break;
            }
            router.Replace(router.Table.Next(_services.Values, _slices.Values));
        }
    }

    /// <summary>One object that cannot be read is left out; it must not keep the others from being routed.</summary>
    private void Learn<T>(Dictionary<ResourceKey, T> known, Document document)
        where T : Resource, IResource<T>
    {
        try
        {
            known[document.Key] = document.As<T>();
        }
        catch (InvalidDocumentException e)
        {
            known.Remove(document.Key);
            LogUnreadable(log, document.Key, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Key} gets no route, it cannot be read: {Problem}")]
    private static partial void LogUnreadable(ILogger log, ResourceKey key, string problem);

    [LoggerMessage(LogLevel.Warning, "Cannot follow {Kind}; routes stay as they are, next try in {Retry}")]
    private static partial void LogRetry(ILogger log, string kind, TimeSpan retry, Exception e);
}
