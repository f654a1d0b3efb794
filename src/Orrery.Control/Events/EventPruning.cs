using Microsoft.Extensions.Logging;

namespace Orrery.Control.Events;

/// <summary>Removes Events that are old or too many, every 5 minutes.</summary>
public sealed partial class EventPruning(EventRecorder events, TimeProvider time, ILogger<EventPruning> log)
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    /// <summary>Ends when cancelled, and never by a failure.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                try
                {
                    await events.PruneAsync(ct);
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    // A store that fails now must not end the pruning for good, nor turn the stop into a crash.
                    LogNotPruned(log, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Old events could not be removed; they are looked at again later")]
    private static partial void LogNotPruned(ILogger log, Exception exception);
}
