using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Standard;

/// <summary>Kubernetes core/v1 Node: a machine that runs replicas. On a workstation there is one, written when it starts.</summary>
public sealed record Node : Resource, IResource<Node>
{
    public const string HostnameLabel = "kubernetes.io/hostname";
    public const string ArchLabel = "kubernetes.io/arch";
    public const string OsLabel = "kubernetes.io/os";

    public NodeSpec? Spec { get; init; }

    public NodeStatus? Status { get; init; }

    public static JsonTypeInfo<Node> View => ResourceJson.Default.Node;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Node",
        Plural = "nodes",
        ShortNames = ["no"],
        Namespaced = false,
        HasStatus = true,
        SelectableFields = ["spec.unschedulable"],
        Printed =
        [
            PrinterColumn.NameColumn,
            new("Status", "string", "", "Whether it runs replicas.")
            {
                Cell = json => FieldPath.Text(json, ".status.conditions[?(@.type==\"Ready\")].status") switch { "True" => "Ready", "" => "Unknown", _ => "NotReady" },
            },
            new("Roles", "string", "", "What it is for.") { Cell = _ => "<none>" },
            PrinterColumn.AgeColumn,
            new("Version", "string", ".status.nodeInfo.kubeletVersion", "Version of what runs replicas there."),
            new("Internal-IP", "string", ".status.addresses[?(@.type==\"InternalIP\")].address", "Its address.") { Priority = 1 },
            new("External-IP", "string", "", "Its address from outside.") { Priority = 1, Cell = _ => "<none>" },
            new("OS-Image", "string", ".status.nodeInfo.osImage", "Its operating system.") { Priority = 1 },
            new("Kernel-Version", "string", ".status.nodeInfo.kernelVersion", "Its kernel.") { Priority = 1 },
            new("Container-Runtime", "string", ".status.nodeInfo.containerRuntimeVersion", "What runs replicas there.") { Priority = 1 },
        ],
        HasGeneration = false,
        View = ResourceJson.Default.Node,
        Problems = document => Shape.Problems<Node>(document),
    };
}

public sealed record NodeSpec
{
    public string? ProviderID { get; init; }

    /// <summary>True: no new replicas here.</summary>
    public bool? Unschedulable { get; init; }

    public IReadOnlyList<Taint>? Taints { get; init; }
}

public sealed record Taint
{
    public string? Key { get; init; }
    public string? Value { get; init; }
    public string? Effect { get; init; }
    public DateTimeOffset? TimeAdded { get; init; }
}

public sealed record NodeStatus
{
    /// <summary>Resource name to quantity: <c>cpu</c>, <c>memory</c> (<c>Ki</c>), <c>ephemeral-storage</c>, <c>pods</c>, and one per kind of accelerator.</summary>
    public IReadOnlyDictionary<string, string>? Capacity { get; init; }

    /// <summary>What of the capacity replicas may use.</summary>
    public IReadOnlyDictionary<string, string>? Allocatable { get; init; }

    public IReadOnlyList<NodeCondition>? Conditions { get; init; }
    public IReadOnlyList<NodeAddress>? Addresses { get; init; }
    public NodeSystemInfo? NodeInfo { get; init; }
}

public sealed record NodeCondition
{
    public string? Type { get; init; }
    public string? Status { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public DateTimeOffset? LastHeartbeatTime { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
}

public sealed record NodeAddress
{
    /// <summary><c>InternalIP</c> or <c>Hostname</c>.</summary>
    public string? Type { get; init; }

    public string? Address { get; init; }
}

public sealed record NodeSystemInfo
{
    public string? MachineID { get; init; }
    public string? SystemUUID { get; init; }
    public string? BootID { get; init; }
    public string? KernelVersion { get; init; }
    public string? OsImage { get; init; }
    public string? ContainerRuntimeVersion { get; init; }
    public string? KubeletVersion { get; init; }
    public string? KubeProxyVersion { get; init; }
    public string? OperatingSystem { get; init; }
    public string? Architecture { get; init; }
}
