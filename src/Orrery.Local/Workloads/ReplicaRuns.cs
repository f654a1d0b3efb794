using Microsoft.Extensions.Logging;
using Orrery.Local.Supervision;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>Starts, probes and stops the runs of a workload's replicas, and clears away what they leave.</summary>
/// <param name="tell">How news reaches the workload's loop.</param>
internal sealed partial class ReplicaRuns(RuntimeParts parts, WorkloadFolders folders, Action<WorkloadNews> tell, CancellationToken stop)
{
    /// <summary>Starts the next run of a replica. How that went comes as news.</summary>
    public void Begin(Replica replica)
    {
        replica.RunId = $"{replica.Workload.Key}/{replica.Name}/{Guid.NewGuid():N}";
        replica.StartedAt = parts.Time.GetUtcNow();
        replica.Enter(ReplicaPhase.Starting, replica.StartedAt);
        try
        {
            replica.Address = ReplicaAddress.Choose(replica.Workload.Process!, parts.Options.Home.Run, replica.RunId, parts.Ports);
            if (parts.Supervisor.TrySend(CommandFor(replica)))
                BeginProbing(replica);
            else
                tell(new WorkloadNews.Ended(replica.RunId, "no supervisor runs"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            tell(new WorkloadNews.Ended(replica.RunId, e.Message));
        }
    }

    /// <summary>TERM, and KILL after the time to drain. Nothing happens when no run is on.</summary>
    public void Stop(Replica replica)
    {
        replica.IsToldToStop = true;
        replica.StopProbing();
        if (replica.RunId.Length > 0)
            parts.Supervisor.TrySend(new SupervisorCommand.Stop(replica.RunId, (int)replica.Workload.DrainTimeout.TotalMilliseconds));
    }

    /// <summary>Ends the probing of a run that is over, and removes its socket.</summary>
    public void CleanUp(Replica replica)
    {
        replica.StopProbing();
        if (replica.Address is ReplicaAddress.Socket socket)
            Remove(() => File.Delete(socket.Path), socket.Path);
    }

    /// <summary>Removes the working directory of a replica that is no more.</summary>
    public void CleanUpFolder(Replica replica)
    {
        string folder = folders.WorkOf(replica.Name);
        if (Directory.Exists(folder))
            Remove(() => Directory.Delete(folder, recursive: true), folder);
    }

    private SupervisorCommand.Start CommandFor(Replica replica)
    {
        var process = replica.Workload.Process!;
        var argv = process.Command.Select(replica.Address!.Fill).ToList();
        if (argv[0] == "orrery")
            argv = [.. parts.Options.Orrery, .. argv.Skip(1)];
        string folder = process.WorkingDirectory ?? folders.WorkOf(replica.Name);
        if (process.WorkingDirectory is null)
            Directory.CreateDirectory(folder);
        // The last of several values for a name counts, as in a shell.
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in process.Env)
            environment[variable.Name] = replica.Address.Fill(variable.Value);
        return new SupervisorCommand.Start(replica.RunId, argv, environment, folder, folders.LogOf(replica.Name));
    }

    private void BeginProbing(Replica replica)
    {
        string run = replica.RunId;
        replica.Probing = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var token = replica.Probing.Token;
        var address = replica.Address!;
        _ = Task.Run(async () =>
        {
            using var probe = new ReplicaProbe(address, replica.Workload.Probe, parts.Time);
            try
            {
                await probe.RunAsync(outcome => tell(new WorkloadNews.Probed(run, outcome)), token);
            }
            catch (OperationCanceledException)
            {
                // The run is over.
            }
            catch (Exception e)
            {
                tell(new WorkloadNews.Probed(run, new ProbeOutcome.NotStarted($"it cannot be probed: {e.Message}")));
            }
        });
    }

    /// <summary>What cannot be removed stays; nobody depends on its absence.</summary>
    private void Remove(Action remove, string path)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(parts.Log, path, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Path} could not be removed: {Message}")]
    private static partial void LogNotRemoved(ILogger log, string path, string message);
}
