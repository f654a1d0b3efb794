using Microsoft.Extensions.Logging;
using Orrery.Local.Supervision;
using Orrery.Local.Workloads.Pods;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>What the runtime hears, and whom it tells.</summary>
public sealed partial class ProcessRuntime
{
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
                _pids.Clear();
                TellAll(new WorkloadNews.SupervisorDown());
                break;
            case SupervisorNews.Said { Event: SupervisorEvent.Started started }:
                _pids[started.Id] = started.Pid;
                RemoveOrphanedSockets();
                if (started.NotHeld is { } notHeld)
                    TellOwner(new WorkloadNews.LimitsNotHeld(started.Id, notHeld), started.Id);
                break;
            case SupervisorNews.Said { Event: SupervisorEvent.Failed failed }:
                Finish(new WorkloadNews.Ended(failed.Id, failed.Message));
                break;
            case SupervisorNews.Said { Event: SupervisorEvent.Exited exited }:
                _pids.Remove(exited.Id);
                string why = exited.Signal is { } signal ? $"ended by signal {signal}" : $"ended with exit code {exited.Code}";
                Finish(new WorkloadNews.Ended(exited.Id, why, exited.Code, exited.Signal, exited.OomKilled));
                break;
        }
    }

    /// <summary>A run in a container is over when its container is no more: until then its accelerators and its memory are in use.</summary>
    private void Finish(WorkloadNews.Ended ended)
    {
        var records = _parts.Containers.Records;
        if (!records.Has(ended.RunId))
        {
            TellOwner(ended, ended.RunId);
            return;
        }
        TellOwner(new WorkloadNews.Ending(ended.RunId), ended.RunId);
        records.Follow(async () =>
        {
            var end = await records.EndAsync(ended.RunId, ended.Code);
            // A client's exit code is that of its container, and 128 and its number for a signal.
            int? signal = ended.Code is > 128 and <= 192 and var code ? code - 128 : ended.Signal;
            var told = end.NeverBegan is { } never ? new WorkloadNews.Ended(ended.RunId, never)
                : new WorkloadNews.Ended(ended.RunId, signal is null ? ended.Why : $"ended by signal {signal}", signal is null ? ended.Code : null, signal, end.OomKilled);
            lock (_parts.Telling)
                TellOwner(told, ended.RunId);
        });
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

    /// <summary>A supervisor starts nothing before it has killed what the one before it left.</summary>
    private void RemoveOrphanedSockets()
    {
        while (_parts.OrphanedSockets.TryDequeue(out string? socket))
        {
            try
            {
                File.Delete(socket);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next start of the home removes it.
            }
        }
    }

    private void TellAll(WorkloadNews news)
    {
        foreach (var loop in _loops.Values)
            loop.TryTell(news);
    }

    /// <param name="runId"><c>NAMESPACE/WORKLOAD/…</c></param>
    private void TellOwner(WorkloadNews news, string runId)
    {
        if (runId.Split('/') is [var ns, var name, ..] && _loops.TryGetValue(new WorkloadKey(ns, name), out var loop))
            loop.TryTell(news);
    }

    [LoggerMessage(LogLevel.Warning, "Deleted pods are not heard of: {Message} It is tried again")]
    private static partial void LogPodsNotHeard(ILogger log, string message);
}
