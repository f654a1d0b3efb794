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

    /// <summary>
    /// What scaling looks at: <c>concurrency</c> (requests waiting and in flight, the default), <c>queue</c> (requests waiting), <c>tokens</c> (in flight), <c>rps</c>;
    /// <c>cpu</c> and <c>memory</c> in percent of what a replica may use.
    /// </summary>
    [OneOf("cpu", "memory", "concurrency", "rps", "queue", "tokens")]
    public string? ScaleMetric { get; init; }

    /// <summary>With <c>minReplicas: 0</c>: so long after its last request the last replica stops. Default 300.</summary>
    [Between(1, 604_800)]
    public int? ScaleToZeroAfterSeconds { get; init; }

    /// <summary>Fewer replicas only when so long no more were wanted. Default 300.</summary>
    [Between(0, 3_600)]
    public int? ScaleDownStabilizationSeconds { get; init; }

    /// <summary>More replicas only when so long no fewer were wanted. Default 0.</summary>
    [Between(0, 3_600)]
    public int? ScaleUpStabilizationSeconds { get; init; }

    /// <summary>Times of the week with other bounds. The first that covers the present moment counts.</summary>
    public IReadOnlyList<ScaleSchedule>? Schedules { get; init; }

    /// <summary>Requests that one replica should have at a time: what scaling aims at. It holds none back. 0: no such number.</summary>
    [AtLeast(0)]
    public int? ContainerConcurrency { get; init; }

    /// <summary>Longest time for one request, in seconds.</summary>
    [AtLeast(0)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>
    /// Share of requests that a new revision gets beside the one that has served so far, in percent. 100 or unset: the new one replaces the old. 0: it runs, and gets none.
    /// </summary>
    [Between(0, 100)]
    public int? CanaryTrafficPercent { get; init; }

    /// <summary>When a canary is taken back.</summary>
    public CanaryPolicy? Canary { get; init; }

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

    /// <summary>
    /// How replicas are replaced, as of Deployments: <c>type</c> (RollingUpdate or Recreate), and under <c>rollingUpdate</c> <c>maxSurge</c> (default 1) and
    /// <c>maxUnavailable</c> (default 0).
    /// </summary>
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

    internal IEnumerable<string> Problems(string path)
    {
        foreach (string problem in Process?.Problems($"{path}.process") ?? [])
            yield return problem;
        for (int i = 0; i < Schedules?.Count; i++)
        {
            if (Schedules[i].TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
                yield return $"{path}.schedules[{i}].timeZone: '{zone}' is no time zone that this machine knows; such as Europe/Berlin, or leave it out for UTC";
        }
    }

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

/// <summary>A time of the week in which a component has other bounds.</summary>
public sealed record ScaleSchedule
{
    /// <summary>Days on which it begins: <c>Mon</c> to <c>Sun</c>. Unset: every day.</summary>
    [OneOf("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), ListSet]
    public IReadOnlyList<string>? Days { get; init; }

    /// <summary>Time of day at which it begins, as in <c>08:00</c>.</summary>
    [Required, Pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$", "a time of day such as 08:00")]
    public string? From { get; init; }

    /// <summary>Time of day at which it ends. At or before <c>from</c>: on the next day.</summary>
    [Required, Pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$", "a time of day such as 18:00")]
    public string? To { get; init; }

    /// <summary>As in <c>Europe/Berlin</c>. Default UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Instead of the component's. 0: none while there is no demand.</summary>
    [Between(0, 1000)]
    public int? MinReplicas { get; init; }

    /// <summary>Instead of the component's. 0: none at all, whatever is asked.</summary>
    [Between(0, 1000)]
    public int? MaxReplicas { get; init; }
}

/// <summary>When a canary is taken back, and all requests go to the revision before again.</summary>
public sealed record CanaryPolicy
{
    /// <summary>More failed answers than this share, in percent. Default 5.</summary>
    [Between(0, 100)]
    public int? MaxErrorPercent { get; init; }

    /// <summary>Answers to wait for before the share counts. Default 20.</summary>
    [Between(1, 1_000_000)]
    public int? MinRequests { get; init; }
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
