namespace Orrery.Resources.Workloads;

/// <summary>What to run, completely rendered: a runtime needs to look nothing up.</summary>
public sealed record Workload
{
    public required WorkloadKey Key { get; init; }

    /// <summary>Whose it is. Endpoint slices carry this reference.</summary>
    public required OwnerReference Owner { get; init; }

    /// <summary>Hash of everything that needs new replicas when it changes. Replicas of another revision are replaced.</summary>
    public required string Revision { get; init; }

    /// <summary>Null: somebody else scales it.</summary>
    public required int? Replicas { get; init; }

    public WorkloadKind Kind { get; init; } = WorkloadKind.Service;

    /// <summary>The part of a service that it is: engine, decoder or router. Names the container of its pods.</summary>
    public string Component { get; init; } = "engine";

    /// <summary>Labels of its pods.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Processes or pods that make one replica: a leader and <c>GroupSize - 1</c> workers.</summary>
    public int GroupSize { get; init; } = 1;

    /// <summary>How to run it as a child process. A workload has this form, a container form, or both.</summary>
    public ProcessTemplate? Process { get; init; }

    /// <summary>How to run it as a container. With both forms the runtime takes the one that it runs, a process first.</summary>
    public ContainerTemplate? Container { get; init; }

    /// <summary>What one replica may use.</summary>
    public WorkloadResources Resources { get; init; } = WorkloadResources.Unlimited;

    /// <summary>Files and folders of the models that it reads, for prefetching and for mounts.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Bytes of weights that one replica reads before it answers. Null: unknown.</summary>
    public long? ModelBytes { get; init; }

    public required Probe Probe { get; init; }

    /// <summary>From "no new requests" to "stopped" at most.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Replicas above the wanted count during a rollout. At least 1 where <see cref="MaxUnavailable"/> is 0.</summary>
    public int MaxSurge { get; init; } = 1;

    /// <summary>Replicas below the wanted count that answer during a rollout.</summary>
    public int MaxUnavailable { get; init; }

    /// <summary>Replicas of an earlier revision stay as they are, and are restarted and scaled as such; new ones are of this revision.</summary>
    public bool Paused { get; init; }
}

public enum WorkloadKind
{
    /// <summary>Serves until stopped; restarted when it ends.</summary>
    Service,

    /// <summary>Runs to its end.</summary>
    Job,

    /// <summary>A service whose replicas keep a name and storage.</summary>
    Stateful,
}
