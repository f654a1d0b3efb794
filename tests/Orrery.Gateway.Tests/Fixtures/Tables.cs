using Orrery.Gateway.Routing;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

namespace Orrery.Gateway.Tests.Fixtures;

/// <summary>Route tables from objects, without a store.</summary>
internal static class Tables
{
    public static InferenceService ServiceOf(string name, InferenceServiceSpec? spec = null, InferenceServiceStatus? status = null) => new()
    {
        Metadata = new Metadata { Name = name, Namespace = "default", Generation = 1 },
        Spec = spec ?? new InferenceServiceSpec { Model = new ModelReference { Name = "m" } },
        Status = status,
    };

    /// <summary>Ready replicas on sockets of these paths.</summary>
    public static EndpointSlice SliceOf(string workload, string version, params string[] paths) => new()
    {
        Metadata = new Metadata
        {
            Name = $"{workload}-slice",
            Namespace = "default",
            ResourceVersion = version,
            Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = workload },
        },
        AddressType = EndpointSlice.Unix,
        Endpoints = [.. paths.Select(p => new Endpoint { Addresses = [p] })],
    };

    /// <summary>Who gets which share, as a controller writes it: <c>"m-engine 90 m-canary 10"</c>.</summary>
    public static InferenceServiceStatus TrafficOf(string shares)
    {
        string[] words = shares.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new InferenceServiceStatus
        {
            Components = new Dictionary<string, ComponentStatus>
            {
                ["engine"] = new() { Traffic = [.. words.Chunk(2).Select(w => new RevisionTraffic { Workload = w[0], Percent = int.Parse(w[1], null) })] },
            },
        };
    }

    public static ServiceRoute RouteOf(InferenceService service, IEnumerable<EndpointSlice> slices, Secret? secret = null, ServiceRoute? before = null)
        => RouteMaker.Make(
            service, workload => slices.Where(s => s.Metadata.Labels![EndpointSlice.ServiceNameLabel] == workload.Name && s.Metadata.Namespace == workload.Namespace), secret, before);

    public static RouteTable Next(this RouteTable before, InferenceService service, params EndpointSlice[] slices)
    {
        var key = InferenceService.Kind.Key(service.Metadata.Namespace, service.Metadata.Name!);
        return before.With([KeyValuePair.Create<ResourceKey, ServiceRoute?>(key, RouteOf(service, slices, before: before.Find(key)))]);
    }
}
