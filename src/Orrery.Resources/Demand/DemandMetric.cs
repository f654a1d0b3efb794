using Orrery.Resources.Serving;

namespace Orrery.Resources.Demand;

/// <summary>A number that gateways know of each InferenceService, by the name under which <c>custom.metrics.k8s.io</c> gives it to those who scale and to those who look.</summary>
/// <param name="Value">Null: there is none yet.</param>
public sealed record DemandMetric(string Name, Func<ServiceDemand, long?> Value)
{
    public const string Group = "custom.metrics.k8s.io";
    public const string Version = "v1beta1";

    /// <summary>In place of a service's name: all services of the namespace.</summary>
    public const string AllServices = "*";

    public static DemandMetric Waiting { get; } = new("requests_waiting", d => d.Waiting);

    public static DemandMetric InFlight { get; } = new("requests_in_flight", d => d.InFlight);

    /// <summary>Since the gateway was started.</summary>
    public static DemandMetric Requests { get; } = new("requests_total", d => d.Arrived);

    /// <summary>Of prompts and answers, since the gateway was started.</summary>
    public static DemandMetric Tokens { get; } = new("tokens_total", d => d.Tokens);

    public static DemandMetric TokensInFlight { get; } = new("tokens_in_flight", d => d.TokensInFlight);

    /// <summary>Seconds since 1970; none until somebody asked.</summary>
    public static DemandMetric LastUsed { get; } = new("last_used_timestamp_seconds", d => d.LastUsed?.ToUnixTimeSeconds());

    public static IReadOnlyList<DemandMetric> All { get; } = [Waiting, InFlight, Requests, Tokens, TokensInFlight, LastUsed];

    /// <summary>As in addresses and access rules: the kind with its group, then the metric.</summary>
    public string Resource => $"{InferenceService.Kind.QualifiedPlural}/{Name}";

    /// <summary>Without a slash before it.</summary>
    /// <param name="ns">Escaped where it has to be.</param>
    /// <param name="service">Likewise.</param>
    public string Path(string ns, string service) => $"apis/{Group}/{Version}/namespaces/{ns}/{InferenceService.Kind.QualifiedPlural}/{service}/{Name}";
}
