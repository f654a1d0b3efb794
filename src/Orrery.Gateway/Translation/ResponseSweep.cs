using System.Data.Common;
using Microsoft.Extensions.Logging;
using Orrery.Platform.Responses;

namespace Orrery.Gateway.Translation;

/// <summary>Removes stored responses that have expired. They are seen no more from then on; this gives their room back.</summary>
internal sealed partial class ResponseSweep(StoredResponses responses, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    // Of one round: what is left then is the next one's.
    private const int MaxSteps = 100;

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(() => RunAsync(_stopping.Token));

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do
                await SweepAsync(ct);
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        try
        {
            for (int step = 0; step < MaxSteps && await responses.SweepAsync(time.GetUtcNow(), ct); step++)
            {
            }
        }
        catch (DbException e)
        {
            LogFailed(log, Every, e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Expired responses were not removed; the next attempt is in {Every}")]
    private static partial void LogFailed(ILogger log, TimeSpan every, Exception e);
}
