using Microsoft.Extensions.Logging;
using Orrery.Local.Containers;
using Orrery.Local.Limits;
using Orrery.Local.Supervision;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>Starts, probes and stops the runs of a workload's replicas, and clears away what they leave.</summary>
/// <param name="tell">How news reaches the workload's loop.</param>
internal sealed partial class ReplicaRuns(RuntimeParts parts, WorkloadFolders folders, Action<WorkloadNews> tell, CancellationToken stop)
{
    /// <summary>Starts the next run of a replica. How that went comes as news.</summary>
    /// <returns>Null: it is being started. Otherwise what it waits for; nothing was done.</returns>
    public async Task<CannotBegin?> BeginAsync(Replica replica)
    {
        var workload = replica.Workload;
        ContainerEngine? engine = null;
        // With both forms a process is run.
        if (workload is { Process: null, Container: { } template })
        {
            (engine, var missing) = await ReadyForContainerAsync(template);
            if (missing is not null)
                return missing;
        }
        string run = $"{OwnerOf(replica)}/{Guid.NewGuid():N}";
        var address = ReplicaAddress.Choose(workload.Process, parts.Options.Home.Run, run, parts.Ports);
        var (devices, taken) = await parts.Accelerators.TakeAsync(OwnerOf(replica), workload.Resources.Accelerators, stop);
        if (devices is null)
            return new CannotBegin(CannotBegin.NoAccelerator, taken);
        var environment = await EnvironmentAsync(workload, address);
        if (environment is not RunEnvironment.Complete complete)
        {
            parts.Accelerators.Release(OwnerOf(replica));
            return new CannotBegin(CannotBegin.NoSecret, ((RunEnvironment.Incomplete)environment).Message);
        }

        (replica.RunId, replica.Address, replica.StartedAt) = (run, address, parts.Time.GetUtcNow());
        replica.Enter(ReplicaPhase.Starting, replica.StartedAt);
        try
        {
            var command = engine is null ? CommandFor(replica, WithDevices(workload, complete.Values, devices)) : CommandFor(replica, engine, complete.Values, devices);
            if (parts.Supervisor.TrySend(command))
            {
                BeginProbing(replica);
                Prefetch.Begin(workload.Models, parts.Log, replica.Probing!.Token);
            }
            else
                tell(new WorkloadNews.Ended(run, "no supervisor runs"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            tell(new WorkloadNews.Ended(run, e.Message));
        }
        return null;
    }

    /// <summary>TERM, and KILL after the time to drain. Nothing happens when no run is on.</summary>
    public void Stop(Replica replica)
    {
        replica.IsToldToStop = true;
        replica.StopProbing();
        if (replica.RunId.Length > 0)
            parts.Supervisor.TrySend(new SupervisorCommand.Stop(replica.RunId, (int)replica.Workload.DrainTimeout.TotalMilliseconds));
    }

    /// <summary>Ends the probing of a run that is over, removes its socket, and gives back its accelerators.</summary>
    public void CleanUp(Replica replica)
    {
        replica.StopProbing();
        parts.Accelerators.Release(OwnerOf(replica));
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

    private static string OwnerOf(Replica replica) => $"{replica.Workload.Key}/{replica.Name}";

    private async Task<RunEnvironment> EnvironmentAsync(Workload workload, ReplicaAddress address)
    {
        // A container's port is another inside.
        string Fill(string text) => workload.Process is null ? text : address.Fill(text);
        try
        {
            return await RunEnvironment.ReadAsync(parts.Store, workload.Key.Namespace, workload.Process?.Env ?? workload.Container!.Env, Fill, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            return new RunEnvironment.Incomplete($"its secrets cannot be read: {e.Message}");
        }
    }

    /// <summary>Of a replica with accelerators the runtime's word counts; of one without, what its runtime says of them.</summary>
    private static Dictionary<string, string> WithDevices(Workload workload, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> devices)
    {
        var all = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (name, value) in devices)
        {
            if (workload.Resources.Accelerators is not null || !all.ContainsKey(name))
                all[name] = value;
        }
        return all;
    }

    private SupervisorCommand.Start CommandFor(Replica replica, IReadOnlyDictionary<string, string> environment)
    {
        var process = replica.Workload.Process!;
        var argv = process.Command.Select(replica.Address!.Fill).ToList();
        if (argv[0] == "orrery")
            argv = [.. parts.Options.Orrery, .. argv.Skip(1)];
        string folder = process.WorkingDirectory ?? folders.WorkOf(replica.Name);
        if (process.WorkingDirectory is null)
            Directory.CreateDirectory(folder);
        var (memory, processors, _) = replica.Workload.Resources;
        var limits = memory is null && processors is null ? null : new ReplicaLimits(memory, processors);
        return new SupervisorCommand.Start(replica.RunId, argv, environment, folder, folders.LogOf(replica.Name), limits);
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
