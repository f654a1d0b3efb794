namespace Orrery.Resources.Serving;

/// <summary>Names that follow from a service's name, the same in both homes.</summary>
public static class ServingNames
{
    /// <summary>Of a service's name: a label holds 63 letters, and workloads carry their component's name too.</summary>
    public const int MaxLength = 63 - 8;

    /// <summary>The part that generates.</summary>
    public const string EngineComponent = "engine";

    /// <summary>The part that decodes, where prefill and decode are divided.</summary>
    public const string DecoderComponent = "decoder";

    /// <summary>The part before engines.</summary>
    public const string RouterComponent = "router";

    /// <summary>Not a component of its own: the engine in a revision that is being tried.</summary>
    public const string Canary = "canary";

    private static readonly string[] Parts = [EngineComponent, DecoderComponent, RouterComponent, Canary];

    /// <summary>A component's workload, and the service name that its EndpointSlices carry.</summary>
    public static string Workload(string service, string part) => $"{service}-{part}";

    /// <summary>The engine's workload.</summary>
    public static string Engine(string service) => Workload(service, EngineComponent);

    /// <summary>The service of a workload; null for a name that is none.</summary>
    public static string? ServiceOf(string workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        int dash = workload.LastIndexOf('-');
        return dash > 0 && Parts.Contains(workload[(dash + 1)..]) ? workload[..dash] : null;
    }

    /// <summary>Every workload that a service may have.</summary>
    public static IEnumerable<string> WorkloadsOf(string service) => Parts.Select(part => Workload(service, part));
}
