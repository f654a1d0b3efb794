using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Standard;

/// <summary>
/// Kubernetes core/v1 Pod: one replica. On a workstation a view of a running process that the workload runtime writes; deleting it
/// stops the process, and another one takes its place.
/// </summary>
public sealed record Pod : Resource, IResource<Pod>
{
    /// <summary>Label that names the workload whose replica this is.</summary>
    public const string WorkloadLabel = "orrery.dev/workload";

    public PodSpec? Spec { get; init; }

    public PodStatus? Status { get; init; }

    public static JsonTypeInfo<Pod> View => ResourceJson.Default.Pod;

    // Status has no door of its own: the one writer writes both at once.
    public static ResourceKind Kind { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Pod",
        Plural = "pods",
        ShortNames = ["po"],
        Categories = ["all"],
        Namespaced = true,
        MadeElsewhere = "pods here are a view of the processes of services; to run one create an InferenceService, to change one change its service, to restart one delete its pod",
        SelectableFields = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP", "status.nominatedNodeName"],
        Printed = PodColumns.All,
        HasGeneration = false,
        View = ResourceJson.Default.Pod,
        Problems = document => Shape.Problems<Pod>(document),
    };
}

public sealed record PodSpec
{
    public IReadOnlyList<Container>? Containers { get; init; }
    public string? RestartPolicy { get; init; }
    public long? TerminationGracePeriodSeconds { get; init; }
    public string? NodeName { get; init; }
    public bool? HostNetwork { get; init; }
}

/// <summary>A process. Its environment is not shown: it may hold secrets.</summary>
public sealed record Container
{
    public string? Name { get; init; }

    /// <summary>The program, since a process has no image.</summary>
    public string? Image { get; init; }

    public IReadOnlyList<string>? Command { get; init; }
    public string? WorkingDir { get; init; }
}

public sealed record PodStatus
{
    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c> or <c>Failed</c>.</summary>
    public string? Phase { get; init; }

    public string? Reason { get; init; }
    public string? Message { get; init; }
    public IReadOnlyList<PodCondition>? Conditions { get; init; }

    public string? HostIP { get; init; }

    public string? PodIP { get; init; }

    public DateTimeOffset? StartTime { get; init; }
    public IReadOnlyList<ContainerStatus>? ContainerStatuses { get; init; }
    public string? QosClass { get; init; }
}

public sealed record PodCondition
{
    public string? Type { get; init; }
    public string? Status { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
}

public sealed record ContainerStatus
{
    public string? Name { get; init; }
    public bool? Ready { get; init; }
    public bool? Started { get; init; }
    public int? RestartCount { get; init; }
    public string? Image { get; init; }

    public string? ImageID { get; init; }

    public string? ContainerID { get; init; }

    public ContainerState? State { get; init; }

    public ContainerState? LastState { get; init; }
}

/// <summary>One of the three is set, or none.</summary>
public sealed record ContainerState
{
    public ContainerStateWaiting? Waiting { get; init; }
    public ContainerStateRunning? Running { get; init; }
    public ContainerStateTerminated? Terminated { get; init; }
}

public sealed record ContainerStateWaiting
{
    public string? Reason { get; init; }
    public string? Message { get; init; }
}

public sealed record ContainerStateRunning
{
    public DateTimeOffset? StartedAt { get; init; }
}

public sealed record ContainerStateTerminated
{
    /// <summary>128 + signal for a process that a signal ended.</summary>
    public int? ExitCode { get; init; }

    public int? Signal { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    public string? ContainerID { get; init; }
}
