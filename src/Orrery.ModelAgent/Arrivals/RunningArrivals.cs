using Microsoft.Extensions.Logging;
using Orrery.Control.Models;
using Orrery.Resources;

namespace Orrery.ModelAgent.Arrivals;

/// <summary>The arrivals of an agent: at most one per model at work, and the next waits until the one before has ended.</summary>
/// <param name="arrived">Gets each that ended well.</param>
internal sealed partial class RunningArrivals(ArrivalParts parts, Action<Arrival> arrived, ILogger log) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, RunningArrival> _running = [];

    /// <summary>The model's, at work or ended; null: it has none, or one that was cancelled.</summary>
    public Arrival? Of(ResourceKey model)
    {
        lock (_lock)
            return _running.GetValueOrDefault(model) is { Stop.IsCancellationRequested: false } running ? running.Arrival : null;
    }

    public Arrival Start(ModelRequest request, string owner, string key)
    {
        var stop = new CancellationTokenSource();
        var arrival = new Arrival(parts, request, owner, key);
        lock (_lock)
        {
            var before = _running.GetValueOrDefault(request.Key);
            before?.Cancel();
            _running[request.Key] = new RunningArrival(
                arrival, stop, Task.Run(() => RunAsync(arrival, request.Key, before?.Task ?? Task.CompletedTask, stop), CancellationToken.None));
        }
        return arrival;
    }

    /// <summary>Ends the model's, and keeps what it has for the next.</summary>
    public void Cancel(ResourceKey model)
    {
        lock (_lock)
            _running.GetValueOrDefault(model)?.Cancel();
    }

    /// <summary>Ends the model's; what it has begun goes, unless another one has begun it too.</summary>
    public void Forget(ResourceKey model)
    {
        lock (_lock)
        {
            if (!_running.TryGetValue(model, out var running) || running.Forgotten)
                return;
            running.Cancel();
            _running[model] = running with { Forgotten = true, Task = Task.Run(() => DiscardAsync(running, model), CancellationToken.None) };
        }
    }

    /// <summary>Ends all; what they have is kept for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        List<Task> running;
        lock (_lock)
            running = [.. _running.Values.Select(a => a.Task)];
        await Task.WhenAll(running);
        _stopping.Dispose();
    }

    private async Task RunAsync(Arrival arrival, ResourceKey model, Task before, CancellationTokenSource stop)
    {
        // Another version's may still be ending, over the same files.
        await before;
        await using var end = _stopping.Token.UnsafeRegister(s => ((CancellationTokenSource)s!).Cancel(), stop);
        try
        {
            await arrival.RunAsync(stop.Token);
            if (arrival.Failed is { } failed)
                LogFailed(log, model, failed.Reason, failed.Message);
            else
                arrived(arrival);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever cancelled it knows.
        }
        catch (Exception e)
        {
            arrival.Break(e);
            LogBroken(log, model, e);
        }
        finally
        {
            parts.Changed(model);
            // A cancelled one stays only for as long as whatever comes next has to wait for it, and a forgotten one until it is discarded.
            if (stop.IsCancellationRequested)
                Drop(model, arrival, forgotten: false);
        }
    }

    private async Task DiscardAsync(RunningArrival gone, ResourceKey model)
    {
        await gone.Task;
        try
        {
            await parts.DiscardAsync(gone.Arrival, IsWanted, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It goes with the other leftovers.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotDiscarded(log, model, e);
        }
        finally
        {
            Drop(model, gone.Arrival, forgotten: true);
        }
    }

    private bool IsWanted(string identity)
    {
        lock (_lock)
            return _running.Values.Any(a => !a.Stop.IsCancellationRequested && a.Arrival.Identities.Contains(identity));
    }

    private void Drop(ResourceKey model, Arrival arrival, bool forgotten)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(model, out var now) && now.Arrival == arrival && now.Forgotten == forgotten)
                _running.Remove(model);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Model}: {Reason}: {Message}")]
    private static partial void LogFailed(ILogger log, ResourceKey model, string reason, string message);

    [LoggerMessage(LogLevel.Warning, "{Model}: what it had of its files could not be removed")]
    private static partial void LogNotDiscarded(ILogger log, ResourceKey model, Exception e);

    [LoggerMessage(LogLevel.Error, "{Model}: its arrival broke")]
    private static partial void LogBroken(ILogger log, ResourceKey model, Exception e);

    /// <param name="Forgotten">The task also discards what it had begun.</param>
    private sealed record RunningArrival(Arrival Arrival, CancellationTokenSource Stop, Task Task, bool Forgotten = false)
    {
        /// <summary>Whoever waits goes on elsewhere: here it might take locks under those that the caller has.</summary>
        public void Cancel() => _ = Stop.CancelAsync();
    }
}
