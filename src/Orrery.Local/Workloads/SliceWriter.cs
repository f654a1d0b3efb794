using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Local.Workloads;

/// <summary>Brings the slices of one workload into the store; what is there already is not written again.</summary>
internal sealed class SliceWriter(IResourceStore store)
{
    private readonly Dictionary<ResourceKey, byte[]> _written = [];

    /// <exception cref="StoreRefusedException">The store did not take one of them.</exception>
    public async Task WriteAsync(IReadOnlyList<EndpointSlice> slices, CancellationToken ct)
    {
        // Those that answer first: who takes over is seen before the one that leaves is gone.
        var wanted = slices.OrderByDescending(s => s.Endpoints?.Any(e => e.Conditions?.Ready == true) == true).Select(Document.From).ToList();
        foreach (var document in wanted)
        {
            byte[] utf8 = document.Utf8.ToArray();
            if (_written.TryGetValue(document.Key, out byte[]? before) && utf8.AsSpan().SequenceEqual(before))
                continue;
            (await WriteAsync(document, ct)).Stored();
            _written[document.Key] = utf8;
        }
        foreach (var gone in _written.Keys.Except(wanted.Select(w => w.Key)).ToList())
        {
            await store.DeleteAsync(gone, Preconditions.None, ct);
            _written.Remove(gone);
        }
    }

    /// <summary>Removes the slices of an earlier run: nothing listens there any more.</summary>
    public static async Task RemoveStaleAsync(IResourceStore store, CancellationToken ct)
    {
        foreach (var slice in (await store.ListAsync(EndpointSlice.Kind, null, ct)).Items)
        {
            if (slice.Metadata.Labels?.GetValueOrDefault(ReplicaSlices.ManagedByLabel) == ReplicaSlices.ManagedBy)
                await store.DeleteAsync(slice.Key, Preconditions.None, ct);
        }
    }

    private async Task<WriteOutcome> WriteAsync(Document wanted, CancellationToken ct)
    {
        if (await store.GetAsync(wanted.Key, ct) is null)
            return await store.CreateAsync(wanted, ct);

        // Labels, owner, type and endpoints are ours whole; a patch leaves alone what others added beside them.
        var outcome = await store.MergePatchAsync(wanted.Key, wanted.ToJson(), status: false, ct);
        return outcome is WriteOutcome.NotFound ? await store.CreateAsync(wanted, ct) : outcome;
    }
}
