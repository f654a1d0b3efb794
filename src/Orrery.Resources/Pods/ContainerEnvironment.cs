using System.Text.Json;
using System.Text.Json.Serialization;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Pods;

/// <summary>One environment variable of a container.</summary>
public sealed record ContainerEnvVar
{
    /// <summary>Name of the variable.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>Its text. <c>$(OTHER)</c> stands for another variable.</summary>
    public string? Value { get; init; }

    /// <summary>Where the text comes from instead: a Secret, a ConfigMap, a field of the pod.</summary>
    [RawObject]
    public JsonElement? ValueFrom { get; init; }
}

/// <summary>A port that a container listens on.</summary>
public sealed record ContainerPort
{
    /// <summary>Port inside the container.</summary>
    [JsonPropertyName("containerPort"), Required, Between(1, 65535)]
    public int? Number { get; init; }

    /// <summary>What services call it.</summary>
    public string? Name { get; init; }

    /// <summary><c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</summary>
    [OneOf("TCP", "UDP", "SCTP"), Default("\"TCP\"")]
    public string? Protocol { get; init; }

    /// <summary>Port of the node that leads here.</summary>
    [Between(1, 65535)]
    public int? HostPort { get; init; }

    /// <summary>Address of the node that leads here.</summary>
    public string? HostIP { get; init; }
}
