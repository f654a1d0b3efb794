using System.Runtime.CompilerServices;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads.Pods;

/// <summary>A pod that somebody asked to be deleted, while whoever owns it wants it.</summary>
internal sealed record PodDeletion(WorkloadKey Workload, string Replica, string Uid)
{
    /// <summary>Each one as it happens, perhaps several times. Those that follow from the end of their owner are left out: that stops the whole workload.</summary>
    public static async IAsyncEnumerable<PodDeletion> FollowAsync(IResourceStore store, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var change in store.FollowAsync(Pod.Kind, null, ct))
        {
            var pods = change switch
            {
                FollowEvent.Replaced all => all.Items,
                FollowEvent.Changed changed => [changed.Document],
                _ => [],
            };
            foreach (var pod in pods)
            {
                if (Of(pod) is { } deletion && await IsOwnedAsync(store, pod, ct))
                    yield return deletion;
            }
        }
    }

    private static PodDeletion? Of(Document pod)
        => pod.Metadata is { DeletionTimestamp: not null, Labels: { } labels } && labels.TryGetValue(Pod.WorkloadLabel, out string? workload)
            ? new PodDeletion(new WorkloadKey(pod.Metadata.Namespace!, workload), pod.Metadata.Name!, pod.Metadata.Uid!)
            : null;

    private static async Task<bool> IsOwnedAsync(IResourceStore store, Document pod, CancellationToken ct)
        => pod.Metadata.OwnerReferences is [{ ApiVersion: { } apiVersion, Kind: { } kindName, Name: { } name } owner, ..]
           && Kinds.Find(apiVersion, kindName) is { } kind
           && await store.GetAsync(kind.Key(pod.Metadata.Namespace, name), ct) is { Metadata.DeletionTimestamp: null } document
           && document.Metadata.Uid == owner.Uid;
}
