using System.Globalization;
using Microsoft.Extensions.Logging;
using Orrery.Local.Containers;
using Orrery.Local.Home;
using Orrery.Local.Limits;
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
/// Disposing ends everything within 4 s; <see cref="DrainAsync"/> before it lets answers finish.
/// </summary>
public sealed partial class ProcessRuntime : IWorkloadRuntime, IAsyncDisposable
{
    private const int MaxNameLength = 63;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    // From KILL to the last word of a process.
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookForDeadLogs = TimeSpan.FromMinutes(30);

    private readonly RuntimeParts _parts;
    private readonly CancellationTokenSource _stop;
    private readonly Dictionary<WorkloadKey, WorkloadLoop> _loops = [];
    private readonly Task _hearing;
    private readonly Task _background;
    // Run to its process, as the supervisor told.
    private readonly Dictionary<string, int> _pids = new(StringComparer.Ordinal);
    private bool _supervisorUp;
    private bool _draining;

    private ProcessRuntime(RuntimeParts parts, CancellationTokenSource stop)
    {
        _parts = parts;
        _stop = stop;
        parts.Accelerators.Freed = () =>
        {
            lock (parts.Telling)
                TellAll(new WorkloadNews.Released());
        };
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
        RemoveWork(options.Home, log);
        var records = new ContainerRecords(options.Home.Run, ToolCall.RunAsync, log);
        await records.RemoveLeftoversAsync();
        LogLimits(log, LimitForms.OfThisMachine(Environment.ProcessId).Label);
        var supervisor = new SupervisorClient(options.SupervisorCommand, time, log);
        var stop = new CancellationTokenSource();
        var containers = new ContainerParts(new EngineFinder(options.Containers, time), new ContainerImages(ToolCall.RunAsync, time, stop.Token), records);
        return new ProcessRuntime(new RuntimeParts(options, store, supervisor, new WorkloadStates(), containers, time, log), stop);
    }

    public Task<ApplyOutcome> ApplyAsync(Workload workload, CancellationToken ct)
    {
        if (Problem(workload, _parts.Options.Containers) is { } problem)
            return Task.FromResult<ApplyOutcome>(new ApplyOutcome.Refused(problem));
        lock (_parts.Telling)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (_draining)
                return Task.FromResult<ApplyOutcome>(new ApplyOutcome.Refused("this home ends; nothing is started any more"));
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

    public async Task<IReadOnlyList<ReplicaUsage>> UsageAsync(CancellationToken ct)
    {
        Dictionary<int, string> runs;
        lock (_parts.Telling)
            runs = _pids.ToDictionary(p => p.Value, p => p.Key);
        if (runs.Count == 0)
            return [];
        // Hundreds of small reads: not on the thread of whoever asks.
        foreach (var (pid, run) in await _parts.Containers.Records.PidsAsync([.. runs.Values], ct))
            runs[pid] = run;
        var sums = await Task.Run(() => ProcessUse.Sum(ProcessUse.ReadAll(), runs.Keys.ToHashSet()), ct);
        // A run in a container has two trees: its client's and its own.
        return [.. sums.GroupBy(s => runs[s.Key], s => s.Value).Select(s => s.Key.Split('/') is [var ns, var name, var replica, ..]
            ? new ReplicaUsage(new WorkloadKey(ns, name), replica, s.Sum(u => u.MemoryBytes), s.Aggregate(TimeSpan.Zero, (all, u) => all + u.ProcessorTime))
            : throw new InvalidOperationException($"'{s.Key}' names no run."))];
    }

    /// <summary>
    /// Lets all replicas finish what they have begun: they become unready, are told to stop, and are killed when their own time to drain
    /// is over. Back when none is left, at the latest a second after the longest of these times, or after
    /// <see cref="ProcessRuntimeOptions.MaxDrain"/>. Nothing is started from here on.
    /// </summary>
    /// <param name="atOnce">Ends the waiting; disposing ends what is left.</param>
    public async Task DrainAsync(CancellationToken atOnce)
    {
        List<WorkloadLoop> loops;
        lock (_parts.Telling)
        {
            _draining = true;
            loops = [.. _loops.Values];
            TellAll(new WorkloadNews.Deleted());
        }
        var longest = loops.Select(l => l.DrainTimeout + EndWithin).Append(TimeSpan.Zero).Max();
        var bound = longest < _parts.Options.MaxDrain ? longest : _parts.Options.MaxDrain;
        await Task.WhenAll(loops.Select(l => l.Finished)).WaitAsync(bound, _parts.Time, atOnce).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        await _parts.Containers.Records.RemoveLeftoversAsync();
        RemoveWork(_parts.Options.Home, _parts.Log);
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

    /// <summary>Working folders of replicas that are no more.</summary>
    private static void RemoveWork(HomeFolder home, ILogger log)
    {
        foreach (string folder in Directory.GetDirectories(home.Work))
            Remove(folder, log);
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

    private static string? Problem(Workload workload, ContainerOptions containers) => workload switch
    {
        { Process: null, Container: null } => "it has no form that runs here; give its runtime spec.process, or a container",
        { Process.Command.Count: 0 } => "the command of its process is empty",
        { GroupSize: not 1 } => $"it asks for groups of {workload.GroupSize} processes; only 1 can be run here",
        { Kind: WorkloadKind.Job } => "jobs cannot be run here yet",
        { Replicas: < 0 } => $"{workload.Replicas} replicas cannot be",
        { MaxSurge: < 0 } => $"maxSurge {workload.MaxSurge} must be 0 or more",
        { MaxUnavailable: < 0 } => $"maxUnavailable {workload.MaxUnavailable} must be 0 or more",
        { MaxSurge: 0, MaxUnavailable: 0 } => "maxSurge and maxUnavailable are both 0; then no replica can be replaced: give one of them 1 or more",
        { Resources.MemoryBytes: <= 0 } => $"a memory limit of {workload.Resources.MemoryBytes} bytes leaves nothing to run in",
        { Resources.Processors: <= 0 } => string.Create(CultureInfo.InvariantCulture, $"a limit of {workload.Resources.Processors} processors leaves nothing to run with"),
        { Key.Name.Length: > MaxNameLength } => $"its name is longer than the {MaxNameLength} letters that a label holds",
        { Process: null } => ContainerCommand.Problem(workload.Container!, containers.HostNetwork),
        _ when !ReplicaAddress.IsAskedForBy(workload.Process!) => "its process must be told where to listen: write $(SOCKET) or $(PORT) in its command or env",
        _ => null,
    };

    [LoggerMessage(LogLevel.Information, "Limits of replicas are held by {Form}")]
    private static partial void LogLimits(ILogger log, string form);

    [LoggerMessage(LogLevel.Warning, "The endpoint slices and pods of this run stay until the next start: {Message}")]
    private static partial void LogSlicesLeft(ILogger log, string message);

    [LoggerMessage(LogLevel.Warning, "{Folder} of an earlier run could not be removed: {Message}")]
    private static partial void LogFolderLeft(ILogger log, string folder, string message);
}
