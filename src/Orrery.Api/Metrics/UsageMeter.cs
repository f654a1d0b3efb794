using Orrery.Resources.Workloads;

namespace Orrery.Api.Metrics;

/// <summary>
/// Measures when somebody asks, and never else. The window goes back to the measurement before, where that is young enough; else two are
/// made, <see cref="Shortest"/> apart. Those who ask within <see cref="Shortest"/> of each other get the same answer.
/// </summary>
internal sealed class UsageMeter(IWorkloadRuntime workloads, Func<MachineUse?> machine, TimeProvider time)
{
    /// <summary>A window.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>A longer window would tell of what is over.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Task<UsageReport>? _running;
    private UsageSample? _last;

    public Task<UsageReport> ReadAsync(CancellationToken ct)
    {
        Task<UsageReport> running;
        lock (_lock)
        {
            // One for all who ask meanwhile, so that none of them may cancel it for the others.
            if (_running is null || (_running.IsCompleted && !(_running.IsCompletedSuccessfully && Since(_last) < Shortest)))
                _running = Task.Run(WindowAsync, CancellationToken.None);
            running = _running;
        }
        return running.WaitAsync(ct);
    }

    private async Task<UsageReport> WindowAsync()
    {
        var before = _last is not null && Since(_last) <= Longest ? _last : await MeasureAsync();
        if (Shortest - Since(before) is var left && left > TimeSpan.Zero)
            await Task.Delay(left, time);
        var after = await MeasureAsync();
        _last = after;
        return UsageReport.Between(before, after, time.GetElapsedTime(before.Stamp, after.Stamp));
    }

    private async Task<UsageSample> MeasureAsync()
        => new(time.GetUtcNow(), time.GetTimestamp(), await workloads.UsageAsync(CancellationToken.None), machine());

    private TimeSpan Since(UsageSample? sample) => sample is null ? TimeSpan.MaxValue : time.GetElapsedTime(sample.Stamp);
}
