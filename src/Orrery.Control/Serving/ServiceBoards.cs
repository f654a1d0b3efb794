using Orrery.Control.Accelerators;
using Orrery.Control.Residency;
using Orrery.Control.Revisions;
using Orrery.Control.Scaling;
using Orrery.Control.Serving.Dependencies;
using Orrery.Control.Serving.External;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Control.Serving;

/// <summary>What the controller keeps between two looks at a service, all of it in memory and none of it needed: a start without it ends in the same state.</summary>
/// <param name="residency">Null: memory has no bound.</param>
internal sealed class ServiceBoards(IResourceStore store, IExternalProbe probe, ResidencyBoard? residency, TimeProvider time)
{
    /// <summary>Which services look at which objects.</summary>
    public ServiceIndex Index { get; } = new();

    /// <summary>Who has which accelerators.</summary>
    public AcceleratorBook Accelerators { get; } = new(store);

    public RevisionKeeper Revisions { get; } = new(store);

    public CanaryBook Canaries { get; } = new();

    public ExternalBoard External { get; } = new(probe, time, Random.Shared);

    public ScalingMemory Scaling { get; } = new();

    public ResidencyBoard? Residency { get; } = residency;

    public void Forget(ResourceKey service)
    {
        Index.Remove(service);
        Accelerators.Remove(service);
        Canaries.Remove(service);
        External.Forget(service);
        Scaling.Forget(service);
        Residency?.Forget(service);
    }
}
