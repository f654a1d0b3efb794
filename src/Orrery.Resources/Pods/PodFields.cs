using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Pods;

/// <summary>
/// Fields of Kubernetes' PodSpec, as parts of services and runtimes carry them inline. Kept for clusters; processes on a workstation read none of
/// them but the grace period.
/// </summary>
public abstract record PodFields
{
    /// <summary>Containers beside, or merged into, the runner by name.</summary>
    public IReadOnlyList<ContainerSpec>? Containers { get; init; }

    /// <summary>Containers that run one after another before the others.</summary>
    public IReadOnlyList<ContainerSpec>? InitContainers { get; init; }

    /// <summary>Containers added to a running pod to look inside.</summary>
    [RawList]
    public JsonElement? EphemeralContainers { get; init; }

    /// <summary>Volumes that containers mount.</summary>
    [RawList]
    public JsonElement? Volumes { get; init; }

    /// <summary>Labels that a node must have.</summary>
    [AtomicMap]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Which nodes and which neighbours are wanted.</summary>
    [RawObject]
    public JsonElement? Affinity { get; init; }

    /// <summary>Taints of nodes that do not keep it away.</summary>
    [RawList]
    public JsonElement? Tolerations { get; init; }

    /// <summary>How pods spread over zones and nodes.</summary>
    [RawList]
    public JsonElement? TopologySpreadConstraints { get; init; }

    /// <summary>Secrets with credentials of image registries.</summary>
    [RawList]
    public JsonElement? ImagePullSecrets { get; init; }

    /// <summary>Who schedules it.</summary>
    public string? SchedulerName { get; init; }

    /// <summary>Conditions that hold the scheduler back.</summary>
    [RawList]
    public JsonElement? SchedulingGates { get; init; }

    /// <summary>Who goes first when room is short.</summary>
    public string? PriorityClassName { get; init; }

    /// <summary>The number behind the priority class.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether it may drive others out.</summary>
    [OneOf("Never", "PreemptLowerPriority")]
    public string? PreemptionPolicy { get; init; }

    /// <summary>Identity that it has at the API server.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Older name of <c>serviceAccountName</c>.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>Whether that identity's token is mounted.</summary>
    public bool? AutomountServiceAccountToken { get; init; }

    /// <summary>The one node that it must run on.</summary>
    public string? NodeName { get; init; }

    /// <summary>How the node runs containers.</summary>
    public string? RuntimeClassName { get; init; }

    /// <summary>Resources that the container runtime itself takes.</summary>
    [Quantity]
    public IReadOnlyDictionary<string, JsonElement>? Overhead { get; init; }

    /// <summary>Compute resources of the pod as a whole.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Claims of dynamic resource allocation.</summary>
    [RawList]
    public JsonElement? ResourceClaims { get; init; }

    /// <summary>Users, groups and file ownership of all its processes.</summary>
    [RawObject]
    public JsonElement? SecurityContext { get; init; }

    /// <summary>Operating system of the node.</summary>
    [RawObject]
    public JsonElement? Os { get; init; }

    /// <summary>What happens to containers that end.</summary>
    [OneOf("Always", "OnFailure", "Never")]
    public string? RestartPolicy { get; init; }

    /// <summary>Longest life, in seconds.</summary>
    [AtLeast(1)]
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>From "stop" to "kill", in seconds.</summary>
    [Between(0, 3600)]
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>Conditions beyond its containers that make it ready.</summary>
    [RawList]
    public JsonElement? ReadinessGates { get; init; }

    /// <summary>True: shares the node's network.</summary>
    public bool? HostNetwork { get; init; }

    /// <summary>True: shares the node's interprocess communication.</summary>
    public bool? HostIPC { get; init; }

    /// <summary>True: shares the node's processes.</summary>
    public bool? HostPID { get; init; }

    /// <summary>False: users inside are others than outside.</summary>
    public bool? HostUsers { get; init; }

    /// <summary>True: its containers see each other's processes.</summary>
    public bool? ShareProcessNamespace { get; init; }

    /// <summary>Lines for its hosts file.</summary>
    [RawList]
    public JsonElement? HostAliases { get; init; }

    /// <summary>Name that it has for itself.</summary>
    public string? Hostname { get; init; }

    /// <summary>Domain that the name stands in.</summary>
    public string? Subdomain { get; init; }

    /// <summary>True: the name it has for itself is the full one.</summary>
    public bool? SetHostnameAsFQDN { get; init; }

    /// <summary>Whom it asks for names.</summary>
    [OneOf("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")]
    public string? DnsPolicy { get; init; }

    /// <summary>Name servers and search domains.</summary>
    [RawObject]
    public JsonElement? DnsConfig { get; init; }

    /// <summary>Whether variables tell it of services.</summary>
    public bool? EnableServiceLinks { get; init; }
}
