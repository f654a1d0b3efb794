using System.Text.Json;
using Orrery.Resources.Runtimes;

namespace Orrery.Resources.Serving;

/// <summary>
/// One part of a service (engine, decoder or router): how many replicas, and what differs from the runtime.
/// Fields follow OME's component and pod fields; those of pods are kept for clusters and unread by processes.
/// </summary>
public sealed record ComponentSpec
{
    /// <summary>Replicas that always run. 0: none while there is no demand. Default 1.</summary>
    public int? MinReplicas { get; init; }

    public int? MaxReplicas { get; init; }
    public int? ScaleTarget { get; init; }
    public string? ScaleMetric { get; init; }
    public int? ContainerConcurrency { get; init; }
    public int? TimeoutSeconds { get; init; }
    public int? CanaryTrafficPercent { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
    public JsonElement? MinAvailable { get; init; }
    public JsonElement? MaxUnavailable { get; init; }
    public JsonElement? DeploymentStrategy { get; init; }
    public JsonElement? KedaConfig { get; init; }
    public JsonElement? AcceleratorOverride { get; init; }

    /// <summary>Replaces the runtime's process.</summary>
    public ProcessSpec? Process { get; init; }

    public JsonElement? Runner { get; init; }
    public JsonElement? Leader { get; init; }
    public JsonElement? Worker { get; init; }
    public IReadOnlyDictionary<string, string>? Config { get; init; }
    public JsonElement? Containers { get; init; }
    public JsonElement? InitContainers { get; init; }
    public JsonElement? Volumes { get; init; }
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }
    public JsonElement? Affinity { get; init; }
    public JsonElement? Tolerations { get; init; }
    public JsonElement? ImagePullSecrets { get; init; }
    public string? SchedulerName { get; init; }
    public string? PriorityClassName { get; init; }
    public string? ServiceAccountName { get; init; }
    public bool? HostIPC { get; init; }
    public bool? HostNetwork { get; init; }
    public string? DnsPolicy { get; init; }
    public long? TerminationGracePeriodSeconds { get; init; }

    internal IEnumerable<string> Problems(string path)
    {
        if (MinReplicas is < 0 or > 1000)
            yield return $"{path}.minReplicas: {MinReplicas} must be between 0 and 1000";
        if (MaxReplicas is < 1 or > 1000)
            yield return $"{path}.maxReplicas: {MaxReplicas} must be between 1 and 1000";
        if (MinReplicas > MaxReplicas)
            yield return $"{path}.maxReplicas: {MaxReplicas} must not be below minReplicas, {MinReplicas}";
        if (CanaryTrafficPercent is < 0 or > 100)
            yield return $"{path}.canaryTrafficPercent: {CanaryTrafficPercent} must be between 0 and 100";
        foreach (string problem in Process?.Problems($"{path}.process") ?? [])
            yield return problem;
    }
}
