using System.Text.Json;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Serving;

/// <summary>
/// One part of a service (engine, decoder or router): how many replicas, and what differs from the runtime.
/// Fields follow OME's component and pod fields; those of pods are kept for clusters and unread by processes.
/// </summary>
public sealed record ComponentSpec : PodFields
{
    /// <summary>Replicas that always run. 0: none while there is no demand. Default 1.</summary>
    [Between(0, 1000)]
    public int? MinReplicas { get; init; }

    /// <summary>Replicas that run at most. Default: as many as <c>minReplicas</c>.</summary>
    [Between(1, 1000)]
    public int? MaxReplicas { get; init; }

    /// <summary>Value of the metric for each replica that scaling aims at.</summary>
    [AtLeast(0)]
    public int? ScaleTarget { get; init; }

    /// <summary>What scaling looks at.</summary>
    [OneOf("cpu", "memory", "concurrency", "rps")]
    public string? ScaleMetric { get; init; }

    /// <summary>Requests that one replica takes at a time. 0: any number.</summary>
    [AtLeast(0)]
    public int? ContainerConcurrency { get; init; }

    /// <summary>Longest time for one request, in seconds.</summary>
    [AtLeast(0)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Share of requests that a new revision gets, in percent.</summary>
    [Between(0, 100)]
    public int? CanaryTrafficPercent { get; init; }

    /// <summary>Labels of its pods.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Annotations of its pods.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Replicas that planned disruptions leave: a number, or a share such as <c>50%</c>.</summary>
    [IntOrString]
    public JsonElement? MinAvailable { get; init; }

    /// <summary>Replicas that planned disruptions may take: a number, or a share such as <c>25%</c>.</summary>
    [IntOrString]
    public JsonElement? MaxUnavailable { get; init; }

    /// <summary>How a cluster replaces pods.</summary>
    [RawObject]
    public JsonElement? DeploymentStrategy { get; init; }

    /// <summary>Scaling by a Prometheus query. OME ignores it here and reads the service's; here the component's wins.</summary>
    public KedaConfig? KedaConfig { get; init; }

    /// <summary>Accelerators of this component, where they differ from the service's.</summary>
    public AcceleratorSelector? AcceleratorOverride { get; init; }

    /// <summary>Replaces the runtime's process.</summary>
    public ProcessSpec? Process { get; init; }

    /// <summary>The container that serves, merged over the runtime's.</summary>
    public ContainerSpec? Runner { get; init; }

    /// <summary>First pod of a replica that takes several nodes.</summary>
    public LeaderSpec? Leader { get; init; }

    /// <summary>The other pods of a replica that takes several nodes.</summary>
    public WorkerSpec? Worker { get; init; }

    /// <summary>Settings of a router, as environment variables.</summary>
    public IReadOnlyDictionary<string, string>? Config { get; init; }

    internal IEnumerable<string> Problems(string path) => Process?.Problems($"{path}.process") ?? [];

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<ComponentSpec>(
            "!has(self.minReplicas) || !has(self.maxReplicas) || self.maxReplicas >= self.minReplicas",
            c => !(c.MinReplicas > c.MaxReplicas), "maxReplicas", "must not be below minReplicas"),
        Rule.For<ComponentSpec>(
            "!has(self.leader) || !has(self.runner)", c => c.Leader is null || c.Runner is null, "runner", "must not be set beside leader, which has a runner of its own"),
        Rule.For<ComponentSpec>("!has(self.worker) || has(self.leader)", c => c.Worker is null || c.Leader is not null, "worker", "needs leader beside it"),
        Rule.For<ComponentSpec>(
            "!has(self.minAvailable) || !has(self.maxUnavailable)",
            c => c.MinAvailable is null || c.MaxUnavailable is null, "maxUnavailable", "must not be set beside minAvailable"),
    ];
}

/// <summary>First pod of a replica that takes several nodes: it answers the requests.</summary>
public sealed record LeaderSpec : PodFields
{
    /// <summary>The container that serves, merged over the runtime's.</summary>
    public ContainerSpec? Runner { get; init; }
}

/// <summary>Further pods of a replica that takes several nodes.</summary>
public sealed record WorkerSpec : PodFields
{
    /// <summary>Pods beside the leader.</summary>
    [Between(0, 1000)]
    public int? Size { get; init; }

    /// <summary>The container that works, merged over the runtime's.</summary>
    public ContainerSpec? Runner { get; init; }
}
