using Orrery.Resources.Accelerators;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Accelerators;

/// <summary>Tells a runtime which of a machine's accelerators it may give to a workload that names a class.</summary>
public static class ClassMembers
{
    /// <returns>What is of the class, as it is now; of a class that is no more, nothing.</returns>
    public static async Task<Func<NodeAccelerator, bool>> OfAsync(IResourceStore store, string name, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await store.GetAsync<AcceleratorClass>("", name, ct) is { } found ? one => NodeMatch.IsSame(found.Spec, one) : _ => false;
    }
}
