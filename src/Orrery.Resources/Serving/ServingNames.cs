namespace Orrery.Resources.Serving;

/// <summary>Names that follow from a service's name, the same in both homes.</summary>
public static class ServingNames
{
    /// <summary>Of a service's name: a label holds 63 letters, and workloads carry their component's name too.</summary>
    public const int MaxLength = 63 - 7;

    private const string EngineSuffix = "-engine";

    /// <summary>The engine's workload, and the service name that its EndpointSlices carry.</summary>
    public static string Engine(string service) => service + EngineSuffix;

    /// <summary>The service of an engine's workload; null for a name that is none.</summary>
    public static string? ServiceOf(string workload)
        => workload.EndsWith(EngineSuffix, StringComparison.Ordinal) ? workload[..^EngineSuffix.Length] : null;
}
