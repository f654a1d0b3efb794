using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Standard;

/// <summary>
/// Kubernetes discovery.k8s.io/v1 EndpointSlice: where the replicas of one workload answer. Written by the workload runtime,
/// read by the gateway. On a workstation <see cref="AddressType"/> may also be <see cref="Unix"/>: an address is then a socket's path.
/// </summary>
public sealed record EndpointSlice : Resource, IResource<EndpointSlice>
{
    /// <summary>Label that names the workload whose replicas these are.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    public const string Unix = "Unix";
    public const string IPv4 = "IPv4";

    public string? AddressType { get; init; }

    public IReadOnlyList<Endpoint>? Endpoints { get; init; }

    public IReadOnlyList<EndpointPort>? Ports { get; init; }

    public override IEnumerable<string> Problems()
    {
        if (AddressType is not (Unix or IPv4 or "IPv6" or "FQDN"))
            yield return $"addressType: '{AddressType}' must be IPv4, IPv6, FQDN or Unix";
        for (int i = 0; i < (Endpoints?.Count ?? 0); i++)
        {
            if (Endpoints![i].Addresses is not { Count: > 0 })
                yield return $"endpoints[{i}].addresses: must hold at least one address";
        }
        for (int i = 0; i < (Ports?.Count ?? 0); i++)
        {
            if (Ports![i].Port is < 1 or > 65535)
                yield return $"ports[{i}].port: {Ports[i].Port} must be between 1 and 65535";
        }
    }

    public static JsonTypeInfo<EndpointSlice> View => ResourceJson.Default.EndpointSlice;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "discovery.k8s.io",
        Version = "v1",
        Name = "EndpointSlice",
        Plural = "endpointslices",
        Namespaced = true,
        Columns =
        [
            new("AddressType", "string", ".addressType", "IPv4, IPv6, FQDN or Unix."),
            new("Ports", "string", ".ports[*].port", "Ports of every endpoint."),
            new("Endpoints", "string", ".endpoints[*].addresses[0]", "First address of each endpoint."),
        ],
        View = ResourceJson.Default.EndpointSlice,
        Problems = document => Shape.Problems<EndpointSlice>(document),
    };
}

public sealed record Endpoint
{
    public IReadOnlyList<string>? Addresses { get; init; }

    public EndpointConditions? Conditions { get; init; }

    public ObjectReference? TargetRef { get; init; }

    public string? NodeName { get; init; }
}

/// <summary>Null means true for ready and serving, false for terminating, as in Kubernetes.</summary>
public sealed record EndpointConditions
{
    public bool? Ready { get; init; }
    public bool? Serving { get; init; }
    public bool? Terminating { get; init; }
}

public sealed record EndpointPort
{
    public string? Name { get; init; }
    public int? Port { get; init; }
    public string? Protocol { get; init; }
    public string? AppProtocol { get; init; }
}
