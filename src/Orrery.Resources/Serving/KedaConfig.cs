using Orrery.Resources.Schema;

namespace Orrery.Resources.Serving;

/// <summary>Scaling by a Prometheus query, on a cluster with KEDA.</summary>
public sealed record KedaConfig
{
    /// <summary>False: no KEDA. OME never reads it.</summary>
    public bool? EnableKeda { get; init; }

    /// <summary>Address of Prometheus.</summary>
    public string? PromServerAddress { get; init; }

    /// <summary>The query. Unset: one that suits the scale metric.</summary>
    public string? CustomPromQuery { get; init; }

    /// <summary>Value for each replica that scaling aims at.</summary>
    public string? ScalingThreshold { get; init; }

    /// <summary>How the query's value is compared with the threshold.</summary>
    public string? ScalingOperator { get; init; }

    /// <summary>Credentials for Prometheus.</summary>
    public KedaAuthentication? AuthenticationRef { get; init; }

    /// <summary>How the credentials are shown, such as <c>bearer</c>.</summary>
    public string? AuthModes { get; init; }
}

/// <summary>Names a KEDA authentication.</summary>
public sealed record KedaAuthentication
{
    /// <summary>Its name.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>Of the namespace, or of the cluster.</summary>
    [OneOf("TriggerAuthentication", "ClusterTriggerAuthentication")]
    public string? Kind { get; init; }
}
