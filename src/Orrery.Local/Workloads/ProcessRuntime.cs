using Microsoft.Extensions.Logging;
using Orrery.Local.Supervision;
using Orrery.Local.Workloads.Pods;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>
/// Runs workloads as child processes of a supervisor, and says in EndpointSlices where they answer.
/// <code>
///   ApplyAsync ──▶ WorkloadLoop per workload ──▶ SupervisorClient ──▶ supervisor ──▶ replicas
///                    │        ▲                                                      │
///                    ▼        └────────── probes over unix sockets ──────────────────┘
///                  EndpointSlices and Pods in the store, WorkloadStates for watchers
/// </code>
/// Disposing ends everything within 4 s.
/// </summary>
public sealed partial class ProcessRuntime : IWorkloadRuntime, IAsyncDisposable
{
    private const int MaxNameLength = 63;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookForDeadLogs = TimeSpan.FromMinutes(30);

    private readonly RuntimeParts _parts;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<WorkloadKey, WorkloadLoop> _loops = [];
    private readonly Task _hearing;
    private readonly Task _background;
    private bool _supervisorUp;

    private ProcessRuntime(RuntimeParts parts)
    {
        _parts = parts;
        _hearing = Task.Run(HearAsync);
        _background = Task.WhenAll(Task.Run(HearPodsAsync), Task.Run(RemoveDeadLogsAsync));
    }

    /// <summary>Clears away what an earlier run left in the store and in the home, and starts the supervisor.</summary>
    public static async Task<ProcessRuntime> StartAsync(
        ProcessRuntimeOptions options, IResourceStore store, TimeProvider time, ILogger<ProcessRuntime> log, CancellationToken ct)
    {
        await SliceWriter.RemoveStaleAsync(store, ct);
        await PodWriter.RemoveStaleAsync(store, ct);
        foreach (string socket in Directory.GetFiles(options.Home.Run, "*.sock"))
            File.Delete(socket);
        foreach (string folder in Directory.GetDirectories(options.Home.Work))
            Remove(folder, log);
        var supervisor = new SupervisorClient(options.SupervisorCommand, time, log);
        return new ProcessRuntime(new RuntimeParts(options, store, supervisor, new WorkloadStates(), time, log));
    }

    public Task<ApplyOutcome> ApplyAsync(Workload workload, CancellationToken ct)
    {
        if (Problem(workload) is { } problem)
            return Task.FromResult<ApplyOutcome>(new ApplyOutcome.Refused(problem));
        lock (_parts.Telling)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (!_loops.TryGetValue(workload.Key, out var loop) || !loop.TryTell(new WorkloadNews.Applied(workload)))
                _loops[workload.Key] = new WorkloadLoop(workload, _supervisorUp, _parts, _stop.Token);
        }
        return Task.FromResult<ApplyOutcome>(new ApplyOutcome.Accepted());
    }

    public Task DeleteAsync(WorkloadKey key, CancellationToken ct)
    {
        lock (_parts.Telling)
        {
            if (_loops.TryGetValue(key, out var loop) && !loop.TryTell(new WorkloadNews.Deleted()))
                _loops.Remove(key);
        }
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<WorkloadState> WatchAsync(CancellationToken ct) => _parts.States.WatchAsync(ct);

    public IAsyncEnumerable<LogLine> LogsAsync(WorkloadKey key, LogRequest request, CancellationToken ct)
    {
        bool IsOver() => request.Replica is { } replica && !_parts.States.Has(key, replica);
        return WorkloadLogs.ReadAsync(new WorkloadFolders(_parts.Options.Home, key), request, IsOver, _parts.Time, ct);
    }

    public async ValueTask DisposeAsync()
    {
        List<WorkloadLoop> loops;
        lock (_parts.Telling)
        {
            if (_stop.IsCancellationRequested)
                return;
            loops = [.. _loops.Values];
            _stop.Cancel();
        }
        await Task.WhenAll(loops.Select(l => l.Finished));
        try
        {
            await _background;
            await SliceWriter.RemoveStaleAsync(_parts.Store, CancellationToken.None);
            await PodWriter.RemoveStaleAsync(_parts.Store, CancellationToken.None);
        }
        catch (Exception e)
        {
            // The next start removes them; what runs must end whatever the store does.
            LogSlicesLeft(_parts.Log, e.Message);
        }
        await _parts.Supervisor.DisposeAsync();
        await _hearing;
    }

    private async Task HearAsync()
    {
        await foreach (var news in _parts.Supervisor.News.ReadAllAsync())
        {
            lock (_parts.Telling)
            {
                _supervisorUp = news is SupervisorNews.Up || (_supervisorUp && news is not SupervisorNews.Down);
                foreach (var ended in _loops.Values.Where(l => l.Finished.IsCompleted).ToList())
                    _loops.Remove(ended.Key);
                Pass(news);
            }
        }
    }

    private void Pass(SupervisorNews news)
    {
        switch (news)
        {
            case SupervisorNews.Up:
                TellAll(new WorkloadNews.SupervisorUp());
                break;
            case SupervisorNews.Down:
                TellAll(new WorkloadNews.SupervisorDown());
                break;
            case SupervisorNews.Said { Event: SupervisorEvent.Failed failed }:
                TellOwner(failed.Id, failed.Message);
                break;
            case SupervisorNews.Said { Event: SupervisorEvent.Exited exited }:
                TellOwner(exited.Id, exited.Signal is { } signal ? $"ended by signal {signal}" : $"ended with exit code {exited.Code}", exited.Code, exited.Signal);
                break;
        }
    }

    private async Task HearPodsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var deleted in PodDeletion.FollowAsync(_parts.Store, _stop.Token))
                {
                    lock (_parts.Telling)
                    {
                        if (_loops.TryGetValue(deleted.Workload, out var loop))
                            loop.TryTell(new WorkloadNews.PodDeleted(deleted.Replica, deleted.Uid));
                    }
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The end.
            }
            catch (Exception e)
            {
                LogPodsNotHeard(_parts.Log, e.Message);
                await PauseAsync(Retry);
            }
        }
    }

    private async Task RemoveDeadLogsAsync()
    {
        // First after a while: at the start nothing is applied yet, so every log looks dead.
        while (await PauseAsync(LookForDeadLogs))
        {
            List<WorkloadKey> living;
            lock (_parts.Telling)
                living = [.. _loops.Keys];
            try
            {
                DeadLogs.Remove(_parts.Options.Home, living, _parts.Time.GetUtcNow());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogFolderLeft(_parts.Log, _parts.Options.Home.Logs, e.Message);
            }
        }
    }

    /// <returns>False: the runtime stops.</returns>
    private async Task<bool> PauseAsync(TimeSpan time)
    {
        await Task.Delay(time, _parts.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_stop.IsCancellationRequested;
    }

    private void TellAll(WorkloadNews news)
    {
        foreach (var loop in _loops.Values)
            loop.TryTell(news);
    }

    /// <param name="runId"><c>NAMESPACE/WORKLOAD/…</c></param>
    private void TellOwner(string runId, string why, int? code = null, int? signal = null)
    {
        if (runId.Split('/') is [var ns, var name, ..] && _loops.TryGetValue(new WorkloadKey(ns, name), out var loop))
            loop.TryTell(new WorkloadNews.Ended(runId, why, code, signal));
    }

    /// <summary>Replicas of a killed run may still write there until the supervisor ends them; names of folders are used again, so nothing piles up.</summary>
    private static void Remove(string folder, ILogger log)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFolderLeft(log, folder, e.Message);
        }
    }

    private static string? Problem(Workload workload) => workload switch
    {
        { Process: null } => "it has no form that runs as a process; give its runtime spec.process",
        { Process.Command.Count: 0 } => "the command of its process is empty",
        { GroupSize: not 1 } => $"it asks for groups of {workload.GroupSize} processes; only 1 can be run here",
        { Kind: WorkloadKind.Job } => "jobs cannot be run here yet",
        { Replicas: < 0 } => $"{workload.Replicas} replicas cannot be",
        { MaxSurge: < 1 } => $"maxSurge {workload.MaxSurge} must be 1 or more",
        { Key.Name.Length: > MaxNameLength } => $"its name is longer than the {MaxNameLength} letters that a label holds",
        _ when !ReplicaAddress.IsAskedForBy(workload.Process) => "its process must be told where to listen: write $(SOCKET) or $(PORT) in its command or env",
        _ => null,
    };

    [LoggerMessage(LogLevel.Warning, "Deleted pods are not heard of: {Message} It is tried again")]
    private static partial void LogPodsNotHeard(ILogger log, string message);

    [LoggerMessage(LogLevel.Warning, "The endpoint slices and pods of this run stay until the next start: {Message}")]
    private static partial void LogSlicesLeft(ILogger log, string message);

    [LoggerMessage(LogLevel.Warning, "{Folder} of an earlier run could not be removed: {Message}")]
    private static partial void LogFolderLeft(ILogger log, string folder, string message);
}
