using Microsoft.Extensions.Logging;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Residency;

/// <summary>Tells the board what replicas use, every two seconds while some run.</summary>
/// <param name="read">What every replica that runs uses now.</param>
public sealed partial class UsageWatch(
    Func<CancellationToken, Task<IReadOnlyList<ReplicaUsage>>> read, ResidencyBoard board, TimeProvider time, ILogger<UsageWatch> log)
{
    public static TimeSpan Every { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Until cancelled. A measurement that fails is made again at the next time.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await board.RunningAsync(ct);
                await Task.Delay(Every, time, ct);
                await MeasureAsync(ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // It was to end.
        }
    }

    private async Task MeasureAsync(CancellationToken ct)
    {
        try
        {
            board.Measured(await read(ct));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(log, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What replicas use could not be measured: {Message}")]
    private static partial void LogFailed(ILogger log, string message);
}
