using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;

namespace Orrery.Control.Accelerators;

/// <summary>Who has which accelerators, and who waits for some, in memory: read from all services once, then kept by those who decide. Safe for use by several threads.</summary>
internal sealed class AcceleratorBook(IResourceStore store)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, IReadOnlyList<AcceleratorClaim>> _claims = [];
    private readonly HashSet<ResourceKey> _waiting = [];

    // Until all were read: those that went meanwhile.
    private HashSet<ResourceKey>? _gone = [];

    /// <param name="except">The service that is being decided on: what it has is its own to keep.</param>
    public async Task<IReadOnlyList<AcceleratorClaim>> ClaimsAsync(ResourceKey except, CancellationToken ct)
    {
        await LoadAsync(ct);
        lock (_lock)
            return [.. _claims.Where(c => c.Key != except).SelectMany(c => c.Value)];
    }

    /// <param name="service">With the status that was decided.</param>
    /// <param name="waits">There were none for it.</param>
    public void Set(ResourceKey key, InferenceService service, bool waits)
    {
        var claims = AcceleratorClaims.Of([service], except: null);
        lock (_lock)
        {
            _claims.Remove(key);
            if (claims.Count > 0)
                _claims[key] = claims;
            _waiting.Remove(key);
            if (waits)
                _waiting.Add(key);
        }
    }

    public void Remove(ResourceKey service)
    {
        lock (_lock)
        {
            _claims.Remove(service);
            _waiting.Remove(service);
            _gone?.Add(service);
        }
    }

    public IReadOnlyList<ResourceKey> Waiting()
    {
        lock (_lock)
            return [.. _waiting];
    }

    // Two that load at once add the same.
    private async Task LoadAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_gone is null)
                return;
        }
        var services = await store.ListAsync<InferenceService>(null, ct);
        lock (_lock)
        {
            foreach (var service in _gone is null ? [] : services)
            {
                var key = InferenceService.Kind.Key(service.Metadata.Namespace, service.Metadata.Name!);
                if (!_gone!.Contains(key))
                    _claims.TryAdd(key, AcceleratorClaims.Of([service], except: null));
            }
            _gone = null;
        }
    }
}
