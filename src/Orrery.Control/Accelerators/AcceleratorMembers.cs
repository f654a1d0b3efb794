using Orrery.Resources.Accelerators;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Accelerators;

/// <summary>Which accelerators of a node are of a class, by the same rules by which they are counted.</summary>
public static class AcceleratorMembers
{
    /// <returns>Of a class or on a node that is not there, none is.</returns>
    public static async Task<Func<NodeAccelerator, bool>> OfAsync(IResourceStore store, string node, string className, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        var named = await store.GetAsync<AcceleratorClass>("", className, ct);
        var there = await store.GetAsync<Node>("", node, ct);
        return one => named is not null && there is not null && NodeMatch.HasAnyOf(named.Spec, there, [one]);
    }
}
