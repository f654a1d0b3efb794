using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orrery.Local.Workloads.Pods;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>
/// Level-triggered, one per workload:
/// 1. Hear what happened.  2. Decide by <see cref="ReplicaPlan"/>.  3. Tell the gateway, by slices, who stops.  4. Start, and stop who has finished.  5. Report the state, and as pods.
/// </summary>
internal sealed partial class WorkloadLoop
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    // For a replica that finishes its answers, or a supervisor that takes no word now.
    private static readonly TimeSpan LookForEnd = TimeSpan.FromMilliseconds(100);

    // For a secret that is missing, or accelerators that are taken.
    private static readonly TimeSpan LookForNeeds = TimeSpan.FromSeconds(2);

    private readonly RuntimeParts _parts;
    private readonly WorkloadFolders _folders;
    private readonly SliceWriter _slices;
    private readonly PodWriter _pods;
    private readonly ReplicaRuns _runs;
    private readonly List<Replica> _replicas = [];

    // Not bounded by a number, but by the replicas: each run says at most three things.
    private readonly Channel<WorkloadNews> _inbox = Channel.CreateUnbounded<WorkloadNews>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationToken _stop;
    private Workload _workload;
    private int _desired;
    private int _nextNumber;
    private bool _deleted;
    private bool _supervisorUp;

    public WorkloadLoop(Workload workload, bool supervisorUp, RuntimeParts parts, CancellationToken stop)
    {
        _parts = parts;
        _stop = stop;
        _workload = workload;
        _desired = workload.Replicas ?? 1;
        _supervisorUp = supervisorUp;
        _folders = new WorkloadFolders(parts.Options.Home, workload.Key);
        _slices = new SliceWriter(parts.Store);
        _pods = new PodWriter(parts.Store);
        _runs = new ReplicaRuns(parts, _folders, news => TryTell(news), stop);
        Finished = Task.Run(RunAsync, CancellationToken.None);
    }

    public WorkloadKey Key => _workload.Key;

    /// <summary>The longest that any of its replicas may take to stop.</summary>
    public TimeSpan DrainTimeout => Volatile.Read(ref _workload).DrainTimeout;

    /// <summary>Ends when the workload was deleted and nothing of it is left, or at the runtime's stop.</summary>
    public Task Finished { get; }

    /// <summary>False: the loop has ended.</summary>
    public bool TryTell(WorkloadNews news) => _inbox.Writer.TryWrite(news);

    private async Task RunAsync()
    {
        try
        {
            DateTimeOffset? lookAgain = _parts.Time.GetUtcNow();
            while (!(_deleted && _replicas.Count == 0 && await TryEndAsync()))
            {
                await WaitAsync(lookAgain);
                try
                {
                    while (_inbox.Reader.TryRead(out var news))
                        Hear(news);
                    lookAgain = await StepAsync();
                }
                catch (Exception e) when (!_stop.IsCancellationRequested)
                {
                    // Level-triggered: the next look decides anew from what is there then.
                    LogFailed(_parts.Log, e, Key);
                    lookAgain = _parts.Time.GetUtcNow() + Retry;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The runtime stops, and the supervisor with all replicas after it.
        }
        finally
        {
            _inbox.Writer.TryComplete();
            foreach (var replica in _replicas)
                replica.StopProbing();
        }
    }

    /// <summary>Until there is news or the time comes.</summary>
    private async Task WaitAsync(DateTimeOffset? until)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        var left = until - _parts.Time.GetUtcNow();
        using var timer = left is null ? null : new CancellationTokenSource(left.Value > TimeSpan.Zero ? left.Value : TimeSpan.Zero, _parts.Time);
        using var registration = timer?.Token.Register(both.Cancel);
        try
        {
            await _inbox.Reader.WaitToReadAsync(both.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // Time to look again.
        }
    }

    private async Task<DateTimeOffset?> StepAsync()
    {
        // :: Step 2
        var plan = ReplicaPlan.For(
            Key.Name, _workload.Revision, _deleted ? 0 : _desired, new RolloutBounds(_workload.MaxSurge, _workload.MaxUnavailable, _workload.Paused && !_deleted), [.. _replicas.Select(r => r.Observed)], _nextNumber, _parts.Time.GetUtcNow());
        var stopping = new List<Replica>();
        foreach (var step in plan.Steps)
        {
            if (_supervisorUp)
                LogStep(_parts.Log, Key, step.GetType().Name, step.Replica, step.Reason);
            if (step is ReplicaStep.Stop && _replicas.Find(r => r.Name == step.Replica) is { } replica)
                stopping.Add(MarkStopping(replica, step.Reason));
        }
        stopping.AddRange(_replicas.Where(r => r.Phase == ReplicaPhase.Stopping && !r.IsToldToStop).Except(stopping).ToList());

        // :: Step 3
        bool written = await TryWriteAsync(WriteSlicesAsync);

        // :: Step 4
        foreach (var replica in stopping.Where(r => !_runs.Finishes(r)))
            Stop(replica);
        foreach (var step in _supervisorUp ? plan.Steps : [])
        {
            if (step is ReplicaStep.Start)
                await BeginAsync(NewReplica(step.Replica));
            else if (step is ReplicaStep.Restart)
                await BeginAsync(_replicas.Find(r => r.Name == step.Replica)!);
        }

        // :: Step 5
        _parts.States.Publish(new WorkloadState(Key, _workload.Revision, _deleted ? 0 : _desired, [.. _replicas.Select(r => r.State)]));
        written &= await TryWriteAsync(WritePodsAsync);
        // A step of this plan may wait anew.
        DateTimeOffset? untold = _replicas.Exists(r => r is { Phase: ReplicaPhase.Stopping, IsToldToStop: false }) ? _parts.Time.GetUtcNow() + LookForEnd : null;
        DateTimeOffset?[] times = [plan.LookAgainAt, _replicas.Where(r => r.Held is not null).Select(r => (DateTimeOffset?)r.RestartAt).Min(), untold];
        return written ? (_supervisorUp ? times.Min() : null) : times.Append(_parts.Time.GetUtcNow() + Retry).Min();
    }

    private Replica NewReplica(string name)
    {
        _nextNumber++;
        var replica = new Replica(name, _workload);
        _replicas.Add(replica);
        _folders.PruneLogs(_replicas.Select(r => r.Name));
        return replica;
    }

    /// <summary>Starts a run, or notes what it waits for.</summary>
    private async Task BeginAsync(Replica replica)
    {
        bool ranBefore = replica.LastEnd is not null, wasHeld = replica.Held is not null;
        try
        {
            replica.Held = await _runs.BeginAsync(replica);
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            // Whatever it is: a replica without a run would otherwise count as one that starts, for ever.
            _runs.CleanUp(replica);
            replica.Held = new CannotBegin(CannotBegin.Trouble, $"it cannot be started: {e.Message}");
        }
        if (replica.Held is not { } held)
        {
            replica.Restarts += ranBefore ? 1 : 0;
            replica.Message = wasHeld ? "" : replica.Message;
            return;
        }
        if (replica.Message != held.Message)
            LogHeld(_parts.Log, Key, replica.Name, held.Message);
        replica.Message = held.Message;
        replica.RestartAt = _parts.Time.GetUtcNow() + LookForNeeds;
        replica.Enter(ReplicaPhase.Waiting, _parts.Time.GetUtcNow());
    }

    private void Stop(Replica replica)
    {
        _runs.Stop(replica);
        if (replica.RunId.Length == 0)
            Forget(replica);
    }

    private void Forget(Replica replica)
    {
        _replicas.Remove(replica);
        _runs.CleanUpFolder(replica);
    }

    private async Task<bool> TryEndAsync()
    {
        if (!await TryWriteAsync(WriteSlicesAsync) || !await TryWriteAsync(WritePodsAsync))
            return false;
        lock (_parts.Telling)
        {
            if (_inbox.Reader.TryPeek(out _))
                return false;
            // From here on a workload of the same name gets a new loop.
            _inbox.Writer.TryComplete();
        }
        _parts.States.Publish(new WorkloadState(Key, _workload.Revision, 0, [], Gone: true));
        return true;
    }

    private Task WriteSlicesAsync() => _slices.WriteAsync(_deleted && _replicas.Count == 0 ? [] : ReplicaSlices.For(_workload, _replicas), _stop);

    private Task WritePodsAsync() => _pods.WriteAsync([.. _replicas.Select(r => ReplicaPods.For(r, _parts.Options.NodeName))], _stop);

    private async Task<bool> TryWriteAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            // Replicas go on without the store; slices and pods follow when it works again.
            LogNotWritten(_parts.Log, Key, e.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Workload}: {Step} {Replica} ({Reason})")]
    private static partial void LogStep(ILogger log, WorkloadKey workload, string step, string replica, string reason);

    [LoggerMessage(LogLevel.Warning, "{Workload}: {Replica} waits: {Message}")]
    private static partial void LogHeld(ILogger log, WorkloadKey workload, string replica, string message);

    [LoggerMessage(LogLevel.Error, "{Workload}: a step failed and is tried again")]
    private static partial void LogFailed(ILogger log, Exception exception, WorkloadKey workload);

    [LoggerMessage(LogLevel.Warning, "{Workload}: its endpoint slices and pods could not be written: {Message}")]
    private static partial void LogNotWritten(ILogger log, WorkloadKey workload, string message);
}
