using System.Collections.Frozen;
using System.Collections.Immutable;
using Orrery.Gateway.Requests;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

namespace Orrery.Gateway.Routing;

/// <summary>Every service and its ready replicas at one moment. Immutable, replaced whole; requests read it without a lock.</summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<ResourceKey, ServiceRoute> _byService;

    private RouteTable(FrozenDictionary<ResourceKey, ServiceRoute> byService)
    {
        _byService = byService;
        Services = [.. byService.Values.OrderBy(s => s.ModelId, StringComparer.Ordinal)];
    }

    public static RouteTable Empty { get; } = new(FrozenDictionary<ResourceKey, ServiceRoute>.Empty);

    /// <summary>By model id.</summary>
    public ImmutableArray<ServiceRoute> Services { get; }

    public ServiceRoute? Find(ResourceKey service) => _byService.GetValueOrDefault(service);

    /// <summary>
    /// The table after a change. Slices belong to a service by namespace and label; an address that was there before keeps its <see cref="Upstream"/>.
    /// </summary>
    public RouteTable Next(IEnumerable<InferenceService> services, IEnumerable<EndpointSlice> slices)
    {
        var slicesByOwner = slices.ToLookup(s => (s.Metadata.Namespace, s.Metadata.Labels?.GetValueOrDefault(EndpointSlice.ServiceNameLabel)));
        var routes = new Dictionary<ResourceKey, ServiceRoute>();
        foreach (var service in services)
        {
            var key = InferenceService.Kind.Key(service.Metadata.Namespace, service.Metadata.Name!);
            var before = Find(key)?.Upstreams.ToDictionary(u => u.Address) ?? [];
            var now = new Dictionary<UpstreamAddress, Upstream>();
            foreach (var slice in slicesByOwner[(key.Namespace, ServingNames.Engine(key.Name))])
            {
                string version = slice.Metadata.ResourceVersion ?? "";
                foreach (var address in UpstreamAddress.ReadyIn(slice).Where(a => !now.ContainsKey(a)))
                {
                    var upstream = before.GetValueOrDefault(address) ?? new Upstream(address, version);
                    upstream.SeenIn(version);
                    now.Add(address, upstream);
                }
            }
            routes[key] = new ServiceRoute(key, service.Metadata.CreationTimestamp, ServiceConditions.Blocked(service), [.. now.Values]);
        }
        return new RouteTable(routes.ToFrozenDictionary());
    }
}

/// <param name="Created">Of the service.</param>
/// <param name="Blocked">Why none will become ready; null: one may.</param>
/// <param name="Upstreams">Ready by their slices; some may be ejected.</param>
internal sealed record ServiceRoute(ResourceKey Service, DateTimeOffset? Created, string? Blocked, ImmutableArray<Upstream> Upstreams)
{
    public string ModelId { get; } = ModelName.Of(Service);

    public bool Ready => Upstreams.Any(u => !u.Ejected);

    /// <summary>Of two random replicas the less loaded wins: near-optimal balance without comparing all. Null: none may get requests.</summary>
    public Lease? TryTake(Random random)
    {
        var able = Upstreams.Where(u => !u.Ejected).ToArray();
        if (able.Length == 0)
            return null;
        if (able.Length == 1)
            return able[0].Take();
        random.Shuffle(able);
        return (able[0].InFlight <= able[1].InFlight ? able[0] : able[1]).Take();
    }
}
