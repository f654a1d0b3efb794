using Orrery.Resources;

namespace Orrery.Control.Residency;

/// <summary>What a controller sees of a service that may have replicas here.</summary>
/// <param name="Engine">Name of the workload whose replicas are counted, with those of the canary; what its other workloads use counts beside them.</param>
/// <param name="Revision">Of that workload. What was measured of another one is forgotten.</param>
public sealed record ResidentService(ResourceKey Service, string Engine, string? Revision)
{
    /// <inheritdoc cref="Tenant.Wanted"/>
    public int Wanted { get; init; }

    /// <inheritdoc cref="Tenant.Extra"/>
    public int Extra { get; init; }

    /// <inheritdoc cref="Tenant.Least"/>
    public int Least { get; init; }

    /// <inheritdoc cref="Tenant.Running"/>
    public int Running { get; init; }

    /// <summary>Of these, so many answer.</summary>
    public int Ready { get; init; }

    /// <summary>What the runtime reported last, by which it is known whether it has reported anything since. Null: nothing yet.</summary>
    public object? Report { get; init; }

    /// <inheritdoc cref="Tenant.ForeseenBytes"/>
    public long? ForeseenBytes { get; init; }

    /// <summary>Bytes of its other parts together, by fit or limit; those of which neither is known count as nothing.</summary>
    public long BesideForeseenBytes { get; init; }

    /// <summary>All of them answer, so that what is measured is what they take.</summary>
    public bool IsBesideUp { get; init; } = true;

    public int Priority { get; init; }

    public bool Pinned { get; init; }
}
