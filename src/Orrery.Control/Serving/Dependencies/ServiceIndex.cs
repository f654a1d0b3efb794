using Orrery.Resources;

namespace Orrery.Control.Serving.Dependencies;

/// <summary>Which services look at which objects, in memory: a change of one object finds its services without reading any other. Safe for use by several threads.</summary>
internal sealed class ServiceIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, IReadOnlySet<ResourceKey>> _needs = [];
    private readonly Dictionary<ResourceKey, HashSet<ResourceKey>> _users = [];

    /// <summary>Before the objects are read: what changes after is heard of.</summary>
    public void Set(ResourceKey service, IReadOnlySet<ResourceKey> needs)
    {
        lock (_lock)
        {
            Remove_Locked(service);
            _needs[service] = needs;
            foreach (var need in needs)
            {
                if (!_users.TryGetValue(need, out var users))
                    _users[need] = users = [];
                users.Add(service);
            }
        }
    }

    public void Remove(ResourceKey service)
    {
        lock (_lock)
            Remove_Locked(service);
    }

    /// <summary>Services that look at the object, or at every one of its kind.</summary>
    public IReadOnlyList<ResourceKey> Users(ResourceKey changed)
    {
        lock (_lock)
            return [.. _users.GetValueOrDefault(changed, []).Union(_users.GetValueOrDefault(changed with { Name = "" }, []))];
    }

    private void Remove_Locked(ResourceKey service)
    {
        if (!_needs.Remove(service, out var needs))
            return;
        foreach (var need in needs)
        {
            if (_users.TryGetValue(need, out var users) && users.Remove(service) && users.Count == 0)
                _users.Remove(need);
        }
    }
}
