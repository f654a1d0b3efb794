using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Control.Loop;

/// <summary>
/// Runs one controller: triggers feed the queue, a few workers empty it.
/// <code>
///   triggers ──▶ WorkQueue (a key once) ──▶ workers ──▶ ReconcileAsync ──▶ done | later | error: later, with backoff
/// </code>
/// </summary>
public sealed partial class ControllerLoop(
    IController controller, IReadOnlyList<Trigger> triggers, TimeProvider time, ILogger<ControllerLoop> log, int workers = 2)
{
    private readonly WorkQueue _queue = new(time);
    private readonly ConcurrentDictionary<ResourceKey, int> _failures = new();

    /// <summary>Until cancelled. Errors of the controller or of a trigger never end it.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var tasks = triggers.Select(t => FeedAsync(t, ct)).Concat(Enumerable.Range(0, workers).Select(_ => WorkAsync(ct)));
        await Task.WhenAll(tasks);
    }

    private async Task FeedAsync(Trigger trigger, CancellationToken ct)
    {
        for (int failures = 1; !ct.IsCancellationRequested; failures++)
        {
            try
            {
                await foreach (var key in trigger.Keys(ct))
                {
                    failures = 1;
                    _queue.Add(key);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogTriggerFailed(log, controller.Name, trigger.Name, e);
            }
            await WaitAsync(Backoff.Delay(failures), ct);
        }
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            ResourceKey key;
            try
            {
                key = await _queue.TakeAsync(ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await ReconcileAsync(key, ct);
            _queue.Done(key);
        }
    }

    private async Task ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        try
        {
            var requeue = await controller.ReconcileAsync(key, ct);
            _failures.TryRemove(key, out _);
            if (requeue.Delay is { } delay)
                _queue.AddAfter(key, delay);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
        catch (StoreConflictException e)
        {
            // Somebody wrote in between: usual, and the new state is on its way to the queue already.
            LogRefused(log, controller.Name, key, e.Message);
            _queue.AddAfter(key, Backoff.First);
        }
        catch (Exception e)
        {
            int failures = _failures.AddOrUpdate(key, 1, (_, n) => n + 1);
            var delay = Backoff.Delay(failures);
            LogFailed(log, controller.Name, key, failures, delay, e.Message);
            _queue.AddAfter(key, delay);
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken ct)
    {
        try
        {
            await Task.Delay(delay, time, ct);
        }
        catch (OperationCanceledException)
        {
            // The loop's own condition ends it.
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Controller}: {Key}: {Message}")]
    private static partial void LogRefused(ILogger log, string controller, ResourceKey key, string message);

    [LoggerMessage(LogLevel.Warning, "{Controller}: {Key}: failed {Failures} times, next try in {Delay}: {Message}")]
    private static partial void LogFailed(ILogger log, string controller, ResourceKey key, int failures, TimeSpan delay, string message);

    [LoggerMessage(LogLevel.Warning, "{Controller}: the trigger {Trigger} broke and starts again")]
    private static partial void LogTriggerFailed(ILogger log, string controller, string trigger, Exception e);
}
