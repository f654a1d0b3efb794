using Microsoft.Extensions.Logging;
using Orrery.Local.Supervision;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>Step 1: what each piece of news means for the replicas.</summary>
internal sealed partial class WorkloadLoop
{
    private const int LastWords = 3;

    private void Hear(WorkloadNews news)
    {
        switch (news)
        {
            case WorkloadNews.Applied applied:
                _workload = applied.Workload;
                _desired = applied.Workload.Replicas ?? Math.Max(_desired, 1);
                _deleted = false;
                break;
            case WorkloadNews.Deleted:
                _deleted = true;
                break;
            case WorkloadNews.Probed probed when _replicas.Find(r => r.RunId == probed.RunId) is { Phase: not ReplicaPhase.Stopping, Probing: not null } replica:
                HearProbe(replica, probed.Outcome);
                break;
            case WorkloadNews.Ending ending when _replicas.Find(r => r.RunId == ending.RunId) is { } replica:
                // Gets no requests from here on, and that it does not answer is no news.
                replica.StopProbing();
                if (replica.Phase == ReplicaPhase.Ready)
                    replica.Enter(ReplicaPhase.Starting, _parts.Time.GetUtcNow());
                break;
            case WorkloadNews.Ended ended when _replicas.Find(r => r.RunId == ended.RunId) is { } replica:
                HearEnd(replica, ended);
                break;
            case WorkloadNews.LimitsNotHeld limits when _replicas.Find(r => r.RunId == limits.RunId) is { } replica:
                // Told once it serves: until then the message says why it does not.
                replica.NotHeld = limits.Message;
                replica.Message = replica.Phase == ReplicaPhase.Ready ? limits.Message : replica.Message;
                break;
            case WorkloadNews.Released:
                foreach (var replica in _replicas.Where(r => r.Held is { Reason: CannotBegin.NoAccelerator }))
                    replica.RestartAt = _parts.Time.GetUtcNow();
                break;
            case WorkloadNews.PodDeleted deleted when _pods.UidOf(deleted.Replica) == deleted.Uid && _replicas.Find(r => r.Name == deleted.Replica) is { IsLeaving: false } replica:
                // Leaves for good; the plan starts another in its place.
                MarkStopping(replica, "its pod was deleted");
                break;
            case WorkloadNews.SupervisorUp:
                _supervisorUp = true;
                break;
            case WorkloadNews.SupervisorDown:
                _supervisorUp = false;
                foreach (var replica in _replicas.Where(r => r.RunId.Length > 0).ToList())
                {
                    // This loop may have been behind, and the run begun on the next supervisor already: it must not live on unknown.
                    _runs.Stop(replica);
                    string run = replica.RunId;
                    if (_parts.Containers.Records.Has(run))
                        _parts.Containers.Records.Follow(() => _parts.Containers.Records.EndAsync(run, code: null));
                    if (replica.Address is ReplicaAddress.Socket socket)
                        _parts.OrphanedSockets.Enqueue(socket.Path);
                    HearEnd(replica, new WorkloadNews.Ended(replica.RunId, "its supervisor ended", Signal: Posix.SigKill));
                }
                break;
        }
    }

    private void HearProbe(Replica replica, ProbeOutcome outcome)
    {
        switch (outcome)
        {
            case ProbeOutcome.Ready:
                replica.ReadySince = _parts.Time.GetUtcNow();
                replica.Enter(ReplicaPhase.Ready, replica.ReadySince.Value);
                replica.Message = replica.NotHeld;
                break;
            case ProbeOutcome.NotStarted failed:
                replica.Enter(ReplicaPhase.Stopping, _parts.Time.GetUtcNow());
                replica.Message = failed.Message;
                break;
            case ProbeOutcome.Unhealthy unhealthy:
                // Leaves for good, so that the plan starts its successor before the sick one is out of the way.
                LogUnhealthy(_parts.Log, Key, replica.Name, unhealthy.Message);
                replica.IsUnhealthy = true;
                MarkStopping(replica, unhealthy.Message);
                break;
        }
    }

    private void HearEnd(Replica replica, WorkloadNews.Ended ended)
    {
        var now = _parts.Time.GetUtcNow();
        _runs.CleanUp(replica);
        if (replica.IsLeaving)
        {
            Forget(replica);
            return;
        }
        bool wasStable = now - replica.ReadySince >= _parts.Options.StableAfter;
        replica.Failures = wasStable ? 0 : replica.Failures + 1;
        replica.RestartAt = now + _parts.Options.BackoffAfter(replica.Failures);
        // A replica that was stopped because it did not start says why; one that ended by itself says how.
        string reason = replica.Phase == ReplicaPhase.Stopping ? replica.Message
            : ended.OomKilled ? $"killed because it wanted more memory than its limit of {replica.Workload.Resources.MemoryBytes >> 20} MiB"
            : ended.Why;
        string said = string.Join(" / ", WorkloadLogs.LastWords(_folders, replica.Name, replica.StartedAt, LastWords));
        replica.Message = said.Length == 0 ? reason : $"{reason}; last lines: {said}";
        replica.LastEnd = new RunEnd(ended.RunId, ended.Code, ended.Signal, replica.StartedAt, now, ended.OomKilled);
        replica.Enter(ReplicaPhase.Waiting, now);
        (replica.RunId, replica.ReadySince, replica.IsToldToStop, replica.NotHeld) = ("", null, false, "");
        LogEnded(_parts.Log, Key, replica.Name, replica.Message, (replica.RestartAt - now).TotalSeconds);
    }

    private Replica MarkStopping(Replica replica, string reason)
    {
        replica.IsLeaving = true;
        replica.Enter(ReplicaPhase.Stopping, _parts.Time.GetUtcNow());
        replica.Message = reason;
        return replica;
    }

    [LoggerMessage(LogLevel.Warning, "{Workload}: {Replica} is replaced: {Message}")]
    private static partial void LogUnhealthy(ILogger log, WorkloadKey workload, string replica, string message);

    [LoggerMessage(LogLevel.Warning, "{Workload}: {Replica} ended: {Message}. It starts again in {Seconds:0.#} s")]
    private static partial void LogEnded(ILogger log, WorkloadKey workload, string replica, string message, double seconds);
}
