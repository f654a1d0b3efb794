using System.Collections.Concurrent;
using Orrery.Resources;

namespace Orrery.Control.Scaling;

/// <summary>The histories of every service's components, from one decision to the next. In memory alone: losing them costs a window of waiting.</summary>
public sealed class ScalingMemory
{
    private static readonly IReadOnlyDictionary<string, ScalingHistory> Nothing = new Dictionary<string, ScalingHistory>();

    private readonly ConcurrentDictionary<ResourceKey, IReadOnlyDictionary<string, ScalingHistory>> _services = new();

    /// <summary>By component.</summary>
    public IReadOnlyDictionary<string, ScalingHistory> Get(ResourceKey service) => _services.GetValueOrDefault(service, Nothing);

    public void Set(ResourceKey service, IReadOnlyDictionary<string, ScalingHistory> histories) => _services[service] = histories;

    public void Forget(ResourceKey service) => _services.TryRemove(service, out _);
}
