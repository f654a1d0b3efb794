using System.Collections.Immutable;
using Orrery.Control.Accelerators;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Standard;
using Orrery.Resources.Text;

namespace Orrery.Control.Places;

/// <summary>Where replicas would run, as far as anybody looked: in which form, with which programs, memory and accelerators. Null: nobody looked.</summary>
public sealed record ServingPlace
{
    /// <summary>A machine without containers of which nothing else is known.</summary>
    public static ServingPlace Processes { get; } = new();

    // What the gateway passes on, and what a replica is asked for before it counts as ready.
    private static readonly IReadOnlyList<string> Served = ["TEXT_TO_TEXT", "IMAGE_TEXT_TO_TEXT", "EMBEDDING"];

    /// <summary>Containers run here too, so that a runtime without a process will do.</summary>
    public bool RunsContainers { get; init; }

    /// <summary>Programs that processes start, each with whether it is there.</summary>
    public IReadOnlyDictionary<string, bool>? Programs { get; init; }

    /// <summary>Accelerator classes that are here. Empty: there are none.</summary>
    public IReadOnlyList<AcceleratorOffer>? Accelerators { get; init; }

    /// <summary>What clients here can ask a model for, whatever its runtime can do. Null: anything.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>Main memory that replicas may use, on the largest node.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>From the nodes and accelerator classes that there are.</summary>
    /// <param name="claims">Accelerators that services other than the one in question have.</param>
    public static ServingPlace Of(IReadOnlyList<Node> nodes, IReadOnlyList<NamedClass> classes, IReadOnlyList<AcceleratorClaim> claims)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var programs = nodes.Select(NodeInventory.Programs).OfType<IReadOnlyDictionary<string, bool>>().ToList();
        return new ServingPlace
        {
            RunsContainers = nodes.Any(NodeInventory.RunsContainers),
            Programs = programs.Count == 0 ? null : programs.SelectMany(p => p).GroupBy(p => p.Key).ToImmutableSortedDictionary(g => g.Key, g => g.Any(p => p.Value), StringComparer.Ordinal),
            Capabilities = Served,
            Accelerators = nodes.Count == 0 ? null : AcceleratorOffers.Of(classes, nodes, claims),
            MemoryBytes = nodes.Select(n => Quantities.Parse(n.Status?.Allocatable?.GetValueOrDefault("memory"))).Max() is { } bytes ? (long)bytes : null,
        };
    }

    /// <summary>Why a runtime cannot run here, by its form alone. Null: nothing is known against it.</summary>
    public string? ReasonAgainst(RuntimeSpec runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        // With both forms a process is run.
        if (runtime.Process is null)
        {
            if (RunsContainers && HasContainer(runtime))
                return null;
            return HasContainer(runtime)
                ? $"it has only a container form, and {NoEngine}, or say how it starts in spec.process"
                : "spec.process is not set, so it cannot run without containers";
        }
        return runtime.Process.NeededProgram() is { } program && Programs?.GetValueOrDefault(program, true) == false
            ? $"its program '{program}' is not on the PATH of this home; install it there, or give the path in spec.process.command"
            : null;
    }

    /// <summary>What a reader should know: the program was named after the last look at the machine. Null: it was looked for, or needs no look.</summary>
    public string? IsUnseen(RuntimeSpec runtime)
        => runtime.Process?.NeededProgram() is { } program && Programs?.ContainsKey(program) == false ? $"whether '{program}' is on the PATH of this home was not looked at yet" : null;

    /// <summary>Why containers do not run here, and what to do.</summary>
    public const string NoEngine = "neither podman nor docker runs containers for this home: install podman, or start docker's daemon";

    private static bool HasContainer(RuntimeSpec runtime)
        => runtime.EngineConfig?.Runner is not null || runtime.EngineConfig?.Leader is not null || runtime.Containers is { Count: > 0 };
}
