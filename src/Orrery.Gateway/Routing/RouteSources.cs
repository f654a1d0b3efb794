using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Gateway.Routing;

/// <summary>
/// What routes are made of, as last seen in the store, and which services each change concerns: only their routes are made anew. For one
/// thread at a time.
/// </summary>
/// <param name="unreadable">Told of objects that are left out, with the problem: one of them must not keep the others from being routed.</param>
internal sealed class RouteSources(Action<ResourceKey, string> unreadable)
{
    private readonly Dictionary<ResourceKey, InferenceService> _services = [];
    private readonly Dictionary<ResourceKey, EndpointSlice> _slices = [];
    private readonly Dictionary<WorkloadKey, HashSet<ResourceKey>> _slicesOf = [];

    // As documents, which the store holds anyway: only a Secret that a service names is ever read.
    private readonly Dictionary<ResourceKey, Document> _secrets = [];
    private readonly Dictionary<ResourceKey, HashSet<ResourceKey>> _namedBy = [];

    /// <returns>The services that it concerns; some may be gone, or not yet there.</returns>
    public IReadOnlySet<ResourceKey> Learn(ResourceKind kind, FollowEvent change)
    {
        var concerned = new HashSet<ResourceKey>();
        switch (change)
        {
            case FollowEvent.Replaced(var items):
                var there = items.Select(d => d.Key).ToHashSet();
                foreach (var gone in KnownOf(kind).Where(k => !there.Contains(k)).ToList())
                    Set(gone, null, concerned);
                foreach (var document in items)
                    Set(document.Key, document, concerned);
                break;
            case FollowEvent.Changed(var document):
                Set(document.Key, document, concerned);
                break;
            case FollowEvent.Removed(var document):
                Set(document.Key, null, concerned);
                break;
        }
        return concerned;
    }

    /// <returns>Null: there is no such service.</returns>
    public ServiceRoute? RouteOf(ResourceKey service, ServiceRoute? before)
    {
        if (!_services.TryGetValue(service, out var found))
            return null;
        var secret = SecretOf(found) is { } key && _secrets.TryGetValue(key, out var document) ? Read<Secret>(key, document) : null;
        return RouteMaker.Make(found, SlicesOf, secret, before);
    }

    private IEnumerable<ResourceKey> KnownOf(ResourceKind kind)
        => kind == InferenceService.Kind ? _services.Keys : kind == EndpointSlice.Kind ? _slices.Keys : _secrets.Keys;

    private void Set(ResourceKey key, Document? document, HashSet<ResourceKey> concerned)
    {
        if (key.Kind == InferenceService.Kind)
            SetService(key, Read<InferenceService>(key, document), concerned);
        else if (key.Kind == EndpointSlice.Kind)
            SetSlice(key, Read<EndpointSlice>(key, document), concerned);
        else
            SetSecret(key, document, concerned);
    }

    private void SetService(ResourceKey key, InferenceService? service, HashSet<ResourceKey> concerned)
    {
        if (_services.Remove(key, out var before) && SecretOf(before) is { } named)
            RemoveFrom(_namedBy, named, key);
        if (service is not null)
        {
            _services.Add(key, service);
            if (SecretOf(service) is { } names)
                AddTo(_namedBy, names, key);
        }
        concerned.Add(key);
    }

    private void SetSlice(ResourceKey key, EndpointSlice? slice, HashSet<ResourceKey> concerned)
    {
        if (_slices.Remove(key, out var before) && WorkloadOf(before) is { } was)
        {
            RemoveFrom(_slicesOf, was, key);
            Concern(was, concerned);
        }
        if (slice is null)
            return;
        _slices.Add(key, slice);
        if (WorkloadOf(slice) is { } now)
        {
            AddTo(_slicesOf, now, key);
            Concern(now, concerned);
        }
    }

    private void SetSecret(ResourceKey key, Document? secret, HashSet<ResourceKey> concerned)
    {
        if (secret is null)
            _secrets.Remove(key);
        else
            _secrets[key] = secret;
        concerned.UnionWith(_namedBy.GetValueOrDefault(key) ?? []);
    }

    private IEnumerable<EndpointSlice> SlicesOf(WorkloadKey workload) => (_slicesOf.GetValueOrDefault(workload) ?? []).Select(key => _slices[key]);

    private static void Concern(WorkloadKey workload, HashSet<ResourceKey> concerned)
    {
        if (ServingNames.ServiceOf(workload.Name) is { } service)
            concerned.Add(InferenceService.Kind.Key(workload.Namespace, service));
    }

    private static WorkloadKey? WorkloadOf(EndpointSlice slice)
        => slice.Metadata.Labels?.GetValueOrDefault(EndpointSlice.ServiceNameLabel) is { } name ? new WorkloadKey(slice.Metadata.Namespace ?? "", name) : null;

    private static ResourceKey? SecretOf(InferenceService service)
        => service.Spec.External?.ApiKey?.Name is { } name ? Secret.Kind.Key(service.Metadata.Namespace, name) : null;

    private T? Read<T>(ResourceKey key, Document? document)
        where T : Resource, IResource<T>
    {
        try
        {
            return document?.As<T>();
        }
        catch (InvalidDocumentException e)
        {
            unreadable(key, e.Message);
            return null;
        }
    }

    private static void AddTo<TKey>(Dictionary<TKey, HashSet<ResourceKey>> index, TKey key, ResourceKey member)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var members))
            index[key] = members = [];
        members.Add(member);
    }

    private static void RemoveFrom<TKey>(Dictionary<TKey, HashSet<ResourceKey>> index, TKey key, ResourceKey member)
        where TKey : notnull
    {
        if (index.TryGetValue(key, out var members) && members.Remove(member) && members.Count == 0)
            index.Remove(key);
    }
}
