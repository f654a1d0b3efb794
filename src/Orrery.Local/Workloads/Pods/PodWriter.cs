using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Local.Workloads.Pods;

/// <summary>
/// Brings the pods of one workload into the store; what is there already is not written again. A pod that is to go is deleted first,
/// which its finalizer turns into "terminating", and loses that finalizer when its process has ended.
/// </summary>
internal sealed class PodWriter(IResourceStore store)
{
    private const int MaxTries = 8;

    private readonly Dictionary<string, Written> _written = new(StringComparer.Ordinal);

    private sealed record Written(ResourceKey Key, string Uid, byte[] Utf8, bool IsLeaving);

    /// <summary>Of the pod that was written for a replica; null when there is none.</summary>
    public string? UidOf(string replica) => _written.GetValueOrDefault(replica)?.Uid;

    /// <exception cref="StoreRefusedException">The store did not take one of them.</exception>
    public async Task WriteAsync(IReadOnlyList<PodDocument> pods, CancellationToken ct)
    {
        foreach (string gone in _written.Keys.Except(pods.Select(p => p.Document.Metadata.Name!)).ToList())
        {
            await RemoveAsync(store, _written[gone].Key, ct);
            _written.Remove(gone);
        }
        foreach (var pod in pods)
            await WriteAsync(pod, ct);
    }

    /// <summary>Removes the pods of an earlier run, and whatever still holds them: their processes are gone.</summary>
    public static async Task RemoveStaleAsync(IResourceStore store, CancellationToken ct)
    {
        foreach (var pod in (await store.ListAsync(Pod.Kind, null, ct)).Items)
        {
            if (pod.Metadata.Labels?.GetValueOrDefault(ReplicaPods.ManagedByLabel) == ReplicaPods.ManagedBy)
                await RemoveAsync(store, pod.Key, ct);
        }
    }

    private async Task WriteAsync(PodDocument pod, CancellationToken ct)
    {
        string name = pod.Document.Metadata.Name!;
        byte[] utf8 = pod.Document.Utf8.ToArray();
        var before = _written.GetValueOrDefault(name);
        if (before is null || !utf8.AsSpan().SequenceEqual(before.Utf8))
        {
            var stored = before is null && !pod.IsLeaving ? await CreateAsync(pod.Document, ct) : await UpdateAsync(pod.Document, ct);
            if (stored is null)
                return;
            _written[name] = before = new Written(stored.Key, stored.Metadata.Uid!, utf8, before?.IsLeaving ?? false);
        }
        if (pod.IsLeaving && !before.IsLeaving)
        {
            await store.DeleteAsync(before.Key, new Preconditions(before.Uid), ct);
            _written[name] = before with { IsLeaving = true };
        }
    }

    private async Task<Document?> CreateAsync(Document pod, CancellationToken ct)
    {
        var outcome = await store.CreateAsync(pod, ct);
        // One that was written just before the store failed to say so.
        return outcome is WriteOutcome.AlreadyExists ? await UpdateAsync(pod, ct) : outcome.Stored();
    }

    /// <returns>Null: it is not there any more.</returns>
    private async Task<Document?> UpdateAsync(Document pod, CancellationToken ct)
        => await ChangeAsync(store, pod.Key, json =>
        {
            var wanted = pod.ToJson();
            json["spec"] = wanted["spec"]!.DeepClone();
            json["status"] = wanted["status"]!.DeepClone();
        }, ct);

    private static async Task RemoveAsync(IResourceStore store, ResourceKey key, CancellationToken ct)
    {
        if (await ChangeAsync(store, key, json => json["metadata"]!.AsObject().Remove("finalizers"), ct) is { Metadata.DeletionTimestamp: null })
            await store.DeleteAsync(key, Preconditions.None, ct);
    }

    private static async Task<Document?> ChangeAsync(IResourceStore store, ResourceKey key, Action<JsonObject> change, CancellationToken ct)
    {
        for (int attempt = 0; ; attempt++)
        {
            if (await store.GetAsync(key, ct) is not { } current)
                return null;
            var outcome = await store.UpdateAsync(current.Edit(change), ct);
            if (outcome is WriteOutcome.NotFound)
                return null;
            if (outcome is not WriteOutcome.Conflict || attempt == MaxTries)
                return outcome.Stored();
        }
    }
}
