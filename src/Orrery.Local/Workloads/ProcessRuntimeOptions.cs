using Orrery.Local.Containers;
using Orrery.Local.Home;
using Orrery.Local.Machine;
using Orrery.Resources.Standard;

namespace Orrery.Local.Workloads;

/// <summary>Fixed when the runtime starts.</summary>
public sealed record ProcessRuntimeOptions
{
    public required HomeFolder Home { get; init; }

    /// <summary>How to run this binary: program and leading arguments. Stands for the program <c>orrery</c> in commands of workloads.</summary>
    public required IReadOnlyList<string> Orrery { get; init; }

    /// <summary>How to run <see cref="Supervision.Supervisor"/>. Null: this binary with <c>supervise</c> and the home's run folder.</summary>
    public IReadOnlyList<string>? Supervisor { get; init; }

    /// <summary>The machine's name: <see cref="Resources.Standard.Node"/> that pods run on. Null: none is named.</summary>
    public string? NodeName { get; init; }

    /// <summary>
    /// First wait before a replica that ended is started again; doubles with each end, up to <see cref="MaxBackoff"/>. Kubernetes waits
    /// 10 s to 5 min: there a crash costs a whole node's patience, here one person waits for one machine.
    /// </summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A replica that was ready for so long starts again at once, and its count of failures begins anew.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time that all replicas together have to drain when the home ends, whatever each of them may take.</summary>
    public TimeSpan MaxDrain { get; init; } = DefaultMaxDrain;

    public static TimeSpan DefaultMaxDrain { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How workloads run that have a container form alone.</summary>
    public ContainerOptions Containers { get; init; } = new();

    /// <summary>Whether an accelerator is of an AcceleratorClass, given its name. Null: every one counts as of each class.</summary>
    public Func<string, CancellationToken, Task<Func<NodeAccelerator, bool>>>? AcceleratorsOfClass { get; init; }

    /// <summary>Looks which accelerators this machine has.</summary>
    internal Func<CancellationToken, Task<IReadOnlyList<Accelerator>>> ReadAccelerators { get; init; }
        = ct => MachineInventory.AcceleratorsAsync(new MachineFiles(), MachineTools.AskAsync, ct);

    internal IReadOnlyList<string> SupervisorCommand => Supervisor ?? [.. Orrery, "supervise", Home.Run];

    /// <param name="failures">Ends in a row without a stable time between.</param>
    internal TimeSpan BackoffAfter(int failures)
        => failures == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(MaxBackoff.Ticks, FirstBackoff.Ticks << Math.Min(failures - 1, 20)));
}
