using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Pods;

/// <summary>
/// A container as Kubernetes has it. What is simple is checked; Kubernetes' own deep types are kept as they are, for a cluster to read.
/// A service's container is merged over the runtime's, so its name and image may be left out.
/// </summary>
public record ContainerSpec
{
    /// <summary>Name within the pod.</summary>
    public string? Name { get; init; }

    /// <summary>Image with its tag or digest.</summary>
    public string? Image { get; init; }

    /// <summary>When the image is pulled.</summary>
    [OneOf("Always", "IfNotPresent", "Never")]
    public string? ImagePullPolicy { get; init; }

    /// <summary>Program and first arguments. Unset: the image's entry point.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments. Those of a service follow those of its runtime.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Folder that the program starts in.</summary>
    public string? WorkingDir { get; init; }

    /// <summary>Ports that it listens on.</summary>
    [ListMap("containerPort", "protocol")]
    public IReadOnlyList<ContainerPort>? Ports { get; init; }

    /// <summary>Environment variables.</summary>
    [ListMap("name")]
    public IReadOnlyList<ContainerEnvVar>? Env { get; init; }

    /// <summary>Secrets and ConfigMaps that become environment variables whole.</summary>
    [RawList]
    public JsonElement? EnvFrom { get; init; }

    /// <summary>Compute resources.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>What changed resources mean for a running container.</summary>
    [RawList]
    public JsonElement? ResizePolicy { get; init; }

    /// <summary>Of an init container: <c>Always</c> makes it a sidecar.</summary>
    public string? RestartPolicy { get; init; }

    /// <summary>Where volumes of the pod appear.</summary>
    [RawList]
    public JsonElement? VolumeMounts { get; init; }

    /// <summary>Where block volumes of the pod appear.</summary>
    [RawList]
    public JsonElement? VolumeDevices { get; init; }

    /// <summary>Restarts the container when it fails.</summary>
    [RawObject]
    public JsonElement? LivenessProbe { get; init; }

    /// <summary>Takes the container out of traffic while it fails.</summary>
    [RawObject]
    public JsonElement? ReadinessProbe { get; init; }

    /// <summary>Holds the other probes back until it succeeds once.</summary>
    [RawObject]
    public JsonElement? StartupProbe { get; init; }

    /// <summary>What runs after the start and before the stop.</summary>
    [RawObject]
    public JsonElement? Lifecycle { get; init; }

    /// <summary>File with the last words of the program.</summary>
    public string? TerminationMessagePath { get; init; }

    /// <summary>Where the last words come from.</summary>
    [OneOf("File", "FallbackToLogsOnError")]
    public string? TerminationMessagePolicy { get; init; }

    /// <summary>Users, groups and capabilities of its processes.</summary>
    [RawObject]
    public JsonElement? SecurityContext { get; init; }

    /// <summary>True: standard input stays open.</summary>
    public bool? Stdin { get; init; }

    /// <summary>True: standard input closes after the first client.</summary>
    public bool? StdinOnce { get; init; }

    /// <summary>True: standard streams are a terminal.</summary>
    public bool? Tty { get; init; }
}
