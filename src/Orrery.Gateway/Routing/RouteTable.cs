using System.Collections.Immutable;
using Orrery.Resources;

namespace Orrery.Gateway.Routing;

/// <summary>
/// Every service and where its requests may go at one moment. Immutable, replaced whole; requests read it without a lock. A table shares with
/// the one before all that did not change, so that a change costs the same among thousands of services as among two.
/// </summary>
internal sealed class RouteTable
{
    private readonly ImmutableDictionary<ResourceKey, ServiceRoute> _byService;
    private readonly Lazy<ImmutableArray<ServiceRoute>> _services;

    private RouteTable(ImmutableDictionary<ResourceKey, ServiceRoute> byService)
    {
        _byService = byService;
        _services = new(() => [.. byService.Values.OrderBy(s => s.ModelId, StringComparer.Ordinal)]);
    }

    public static RouteTable Empty { get; } = new(ImmutableDictionary<ResourceKey, ServiceRoute>.Empty);

    /// <summary>By model id. Sorted when it is first asked for: most tables are replaced before.</summary>
    public ImmutableArray<ServiceRoute> Services => _services.Value;

    public ServiceRoute? Find(ResourceKey service) => _byService.GetValueOrDefault(service);

    /// <summary>The table after these services got these routes; null: there is no such service any more.</summary>
    public RouteTable With(IEnumerable<KeyValuePair<ResourceKey, ServiceRoute?>> changed)
    {
        var routes = _byService.ToBuilder();
        foreach (var (service, route) in changed)
        {
            if (route is null)
                routes.Remove(service);
            else
                routes[service] = route;
        }
        return new RouteTable(routes.ToImmutable());
    }
}
