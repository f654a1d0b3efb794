using Orrery.Local.Containers;
using Orrery.Local.Supervision;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>Runs in containers: a client in the foreground is the supervisor's child.</summary>
internal sealed partial class ReplicaRuns
{
    /// <returns>The engine with the image in it, or what they wait for.</returns>
    private async Task<(ContainerEngine? Engine, CannotBegin? Missing)> ReadyForContainerAsync(ContainerTemplate template)
    {
        var (finder, images) = (parts.Containers.Finder, parts.Containers.Images);
        if (await finder.FindAsync(stop) is not { } engine)
            return (null, new CannotBegin(CannotBegin.NoEngine, finder.Missing));
        return await images.NeedAsync(engine, template.Image, template.PullPolicy, stop) is { } need
            ? (null, new CannotBegin(need.Reason, need.Message))
            : (engine, null);
    }

    private SupervisorCommand.Start CommandFor(Replica replica, ContainerEngine engine, IReadOnlyDictionary<string, string> values, IReadOnlyDictionary<string, string> devices)
    {
        var records = parts.Containers.Records;
        string name = records.Add(replica.RunId, engine);
        var command = ContainerCommand.For(engine, parts.Options.Containers, new ContainerRun(
            name, records.Home, replica.Workload, ((ReplicaAddress.Port)replica.Address!).Number, values, parts.Accelerators.HeldBy(OwnerOf(replica)), devices));
        string folder = folders.WorkOf(replica.Name);
        Directory.CreateDirectory(folder);
        // The engine holds its limits, not the client's.
        return new SupervisorCommand.Start(replica.RunId, command.Argv, command.Environment, folder, folders.LogOf(replica.Name), Limits: null, MayLeave: true);
    }
}
