using System.Collections.Frozen;
using System.Collections.Immutable;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Workloads;

namespace Orrery.Gateway.Routing;

/// <summary>Makes the route of one service from what is written of it.</summary>
internal static class RouteMaker
{
    private const int All = 100;

    /// <param name="slicesOf">The EndpointSlices that carry a workload's name.</param>
    /// <param name="secret">The one that an external endpoint names, where it is there.</param>
    /// <param name="before">The service's route until now. What it knows of addresses that stay lives on.</param>
    public static ServiceRoute Make(InferenceService service, Func<WorkloadKey, IEnumerable<EndpointSlice>> slicesOf, Secret? secret, ServiceRoute? before)
    {
        var known = (before?.Branches ?? []).SelectMany(b => b.Upstreams).ToList();
        var route = new ServiceRoute(InferenceService.Kind.Key(service.Metadata.Namespace, service.Metadata.Name!))
        {
            Created = service.Metadata.CreationTimestamp,
            Blocked = ServiceConditions.Blocked(service),
            Hindrance = HindranceOf(service),
            Turns = before?.Turns ?? new Turns(),
        };
        if (service.Spec.External is { } external)
            return WithExternal(route, service, external, secret, known);
        return route with
        {
            Branches = [.. SharesOf(service, route.Service).Select(share => new Branch(share.Percent, ReplicasOf(share.Workload, slicesOf(share.Workload), known)))],
            Weights = [.. service.Spec.Model?.FineTunedWeights ?? []],
            WeightModels = (service.Status?.Weights ?? []).Where(w => w is { Name: not null, Model: not null }).DistinctBy(w => w.Name).ToFrozenDictionary(w => w.Name!, w => w.Model!),
        };
    }

    /// <summary>
    /// A router gets all requests, and divides them itself. Without one the engine's status says who gets them: a workload of another service
    /// does not count there, so that nobody reaches one by a status.
    /// </summary>
    private static List<(WorkloadKey Workload, int Percent)> SharesOf(InferenceService service, ResourceKey key)
    {
        var (_, ns, name) = key;
        if (service.Spec.Router is not null)
            return [(new(ns, ServingNames.Workload(name, ServingNames.RouterComponent)), All)];

        var traffic = service.Status?.Components?.GetValueOrDefault(ServingNames.EngineComponent)?.Traffic ?? [];
        var shares = traffic
            .Where(t => t.Workload is { } workload && ServingNames.ServiceOf(workload) == name)
            .GroupBy(t => t.Workload!, (workload, shares) => (new WorkloadKey(ns, workload), Math.Clamp(shares.Sum(s => s.Percent ?? 0), 0, All)))
            .ToList();
        return shares.Count > 0 ? shares : [(new(ns, ServingNames.Engine(name)), All)];
    }

    private static ImmutableArray<Upstream> ReplicasOf(WorkloadKey workload, IEnumerable<EndpointSlice> slices, List<Upstream> known)
    {
        var replicas = new Dictionary<UpstreamAddress, Upstream>();
        foreach (var slice in slices)
        {
            string version = slice.Metadata.ResourceVersion ?? "";
            foreach (var address in UpstreamAddress.ReadyIn(slice).Where(a => !replicas.ContainsKey(a)))
            {
                var upstream = known.Find(u => u.Address == address && u.Workload == workload) ?? new Upstream(address, version) { Workload = workload };
                upstream.SeenIn(version);
                replicas.Add(address, upstream);
            }
        }
        return [.. replicas.Values];
    }

    private static ServiceRoute WithExternal(ServiceRoute route, InferenceService service, ExternalEndpoint external, Secret? secret, List<Upstream> known)
    {
        if (!Uri.TryCreate(external.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return route with { Blocked = $"spec.external.url: '{external.Url}' is no http or https address." };
        var key = ExternalKey.Read(external.ApiKey, secret, out string? problem);
        if (problem is not null)
            return route with { Blocked = problem };

        var ready = service.Status?.Conditions.Find(ServiceConditions.ExternalReady);
        if (ready is { Status: "False" } && (ready.ObservedGeneration ?? service.Metadata.Generation) == service.Metadata.Generation)
            return route;

        var address = new UpstreamAddress.External(url);
        var access = new ExternalAccess(external.Model ?? service.Metadata.Name!, key);
        string version = $"{ready?.Status} {ready?.LastTransitionTime:O}";
        // A key belongs to its address: with another of either it is another upstream, and no request ever joins an old one with a new one.
        var upstream = known.Find(u => u.Address == address && u.Access == access) ?? new Upstream(address, version) { Access = access };
        upstream.SeenIn(version);
        return route with { Branches = [new Branch(All, [upstream])] };
    }

    /// <summary>The first cause there is: that a component is not ready mostly follows from another condition, and Ready from a component.</summary>
    private static string? HindranceOf(InferenceService service)
        => (service.Status?.Conditions ?? [])
            .Where(c => c is { Status: "False", Message.Length: > 0 } && c.Type != ServiceConditions.Accepted)
            .OrderBy(c => c.Type switch
            {
                Conditions.Ready => 2,
                ServiceConditions.EngineReady or ServiceConditions.DecoderReady or ServiceConditions.RouterReady => 1,
                _ => 0,
            })
            .Select(c => $"{c.Type} is False ({c.Reason}): {c.Message}")
            .FirstOrDefault();
}
