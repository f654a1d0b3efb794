using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orrery.Local.Accelerators;
using Orrery.Local.Containers;
using Orrery.Local.Supervision;
using Orrery.Resources.Store;

namespace Orrery.Local.Workloads;

/// <summary>What all loops of a runtime share.</summary>
internal sealed record RuntimeParts(
    ProcessRuntimeOptions Options, IResourceStore Store, SupervisorClient Supervisor, WorkloadStates States, ContainerParts Containers, TimeProvider Time, ILogger Log)
{
    /// <summary>Held by whoever tells a loop something, and by a loop while it ends, so that nothing is told to one that does not listen any more.</summary>
    public Lock Telling { get; } = new();

    public ReplicaPorts Ports { get; } = new();

    /// <summary>
    /// Sockets of runs whose supervisor died: such a process may still make its socket, until the next supervisor has killed it.
    /// </summary>
    public ConcurrentQueue<string> OrphanedSockets { get; } = new();

    public AcceleratorPool Accelerators { get; } = new(Options.ReadAccelerators, Options.AcceleratorsOfClass, Time);
}
