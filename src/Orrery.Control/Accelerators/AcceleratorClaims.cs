using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Control.Accelerators;

/// <summary>What services have, by their status: accelerators of one replica times replicas that are wanted. Pure.</summary>
public static class AcceleratorClaims
{
    /// <param name="except">The service that is being decided on: what it has is its own to keep.</param>
    public static IReadOnlyList<AcceleratorClaim> Of(IReadOnlyList<InferenceService> services, ResourceKey? except)
    {
        ArgumentNullException.ThrowIfNull(services);
        return
        [
            .. services.Where(s => s.Metadata.DeletionTimestamp is null && InferenceService.Kind.Key(s.Metadata.Namespace, s.Metadata.Name!) != except)
                .SelectMany(s => s.Status?.Components?.Values ?? [])
                .Where(c => c.SelectedAccelerator?.AcceleratorClass is not null)
                .Select(c => new AcceleratorClaim(c.SelectedAccelerator!.AcceleratorClass!, (int)Math.Min(int.MaxValue, (long)(c.SelectedAccelerator.Count ?? 1) * (c.DesiredReplicas ?? 1)))),
        ];
    }
}
