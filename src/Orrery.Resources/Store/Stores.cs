using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Orrery.Resources.Patches;

namespace Orrery.Resources.Store;

/// <summary>What every user of a store wants, in terms of <see cref="IResourceStore"/> alone.</summary>
public static class Stores
{
    private const int MaxPatchTries = 16;

    public static async Task<T?> GetAsync<T>(this IResourceStore store, string ns, string name, CancellationToken ct)
        where T : Resource, IResource<T>
        => (await store.GetAsync(T.Kind.Key(ns, name), ct))?.As<T>();

    public static async Task<IReadOnlyList<T>> ListAsync<T>(this IResourceStore store, string? ns, CancellationToken ct)
        where T : Resource, IResource<T>
        => [.. (await store.ListAsync(T.Kind, ns, ct)).Items.Select(d => d.As<T>())];

    /// <inheritdoc cref="IResourceStore.CreateAsync"/>
    public static Task<WriteOutcome> CreateAsync(this IResourceStore store, Document document, CancellationToken ct)
        => store.CreateAsync(document, WriteOptions.Default, ct);

    /// <inheritdoc cref="IResourceStore.UpdateAsync"/>
    public static Task<WriteOutcome> UpdateAsync(this IResourceStore store, Document document, CancellationToken ct)
        => store.UpdateAsync(document, WriteOptions.Default, ct);

    /// <inheritdoc cref="IResourceStore.UpdateStatusAsync"/>
    public static Task<WriteOutcome> UpdateStatusAsync(this IResourceStore store, Document document, CancellationToken ct)
        => store.UpdateStatusAsync(document, WriteOptions.Default, ct);

    /// <inheritdoc cref="IResourceStore.DeleteAsync"/>
    public static Task<WriteOutcome> DeleteAsync(this IResourceStore store, ResourceKey key, Preconditions preconditions, CancellationToken ct)
        => store.DeleteAsync(key, preconditions, WriteOptions.Default, ct);

    /// <summary>What the object owns goes as its finalizers say, mostly in the background.</summary>
    /// <inheritdoc cref="IResourceStore.DeleteAsync"/>
    public static Task<WriteOutcome> DeleteAsync(
        this IResourceStore store, ResourceKey key, Preconditions preconditions, WriteOptions options, CancellationToken ct)
        => store.DeleteAsync(key, preconditions, propagation: null, options, ct);

    /// <inheritdoc cref="PatchAsync"/>
    public static Task<WriteOutcome> MergePatchAsync(this IResourceStore store, ResourceKey key, JsonObject patch, bool status, CancellationToken ct)
        => store.PatchAsync(key, new MergePatch(patch), status, WriteOptions.Default, ct);

    /// <summary>A patch as read, patch, write; tried again when somebody wrote in between, unless the patch names a resourceVersion.</summary>
    /// <param name="status">True: only status changes. False: everything else.</param>
    /// <returns>Done, NotFound, Conflict, Invalid or Unpatched.</returns>
    public static async Task<WriteOutcome> PatchAsync(
        this IResourceStore store, ResourceKey key, Patch patch, bool status, WriteOptions options, CancellationToken ct)
    {
        WriteOutcome outcome = new WriteOutcome.NotFound(key);
        for (int attempt = 0; attempt < MaxPatchTries; attempt++)
        {
            if (await store.GetAsync(key, ct) is not { } current)
                return new WriteOutcome.NotFound(key);
            var (patched, refused) = Patched(current, patch);
            if (patched is null)
                return refused!;

            outcome = status ? await store.UpdateStatusAsync(patched, options, ct) : await store.UpdateAsync(patched, options, ct);
            if (patch.PinnedVersion is not null || outcome is not WriteOutcome.Conflict)
                return outcome;
        }
        return outcome;
    }

    private static (Document? Patched, WriteOutcome? Refused) Patched(Document current, Patch patch)
    {
        var result = patch.Apply(current.ToJson());
        if (result is not PatchResult.Patched { Json: var json })
            return (null, new WriteOutcome.Unpatched(current.Key, result));
        if (JsonText.IsTooDeep(json))
            return (null, new WriteOutcome.Unpatched(current.Key, new PatchResult.Unfit($"the object would be nested deeper than {Document.MaxDepth}")));
        // Whoever leaves out the version means the one that was patched.
        if (json["metadata"] is JsonObject metadata)
            metadata["resourceVersion"] ??= current.Metadata.ResourceVersion;
        try
        {
            var patched = Document.From(json);
            return Renamed(patched, current) is { } refused ? (null, refused) : (patched, null);
        }
        catch (InvalidDocumentException e)
        {
            return (null, new WriteOutcome.Invalid(current.Key, [e.Message]));
        }
    }

    /// <summary>A patch changes an object and makes no other one.</summary>
    private static WriteOutcome? Renamed(Document patched, Document current)
    {
        if (patched.Kind != current.Kind)
            return new WriteOutcome.Invalid(current.Key, [$"kind: Invalid value: \"{patched.Kind.Name}\": must be {current.Kind.Name}"]);
        string? problem = patched.Key.Name != current.Key.Name
            ? $"the name of the object ({patched.Key.Name}) does not match the name on the URL ({current.Key.Name})"
            : patched.Key != current.Key
                ? $"the namespace of the object ({patched.Key.Namespace}) does not match the namespace on the request ({current.Key.Namespace})"
                : null;
        return problem is null ? null : new WriteOutcome.Unpatched(current.Key, new PatchResult.Malformed(problem));
    }

    /// <summary>The stored document; anything else is an exception, for callers whose own retry is the answer to it.</summary>
    /// <exception cref="StoreRefusedException">The write was not done.</exception>
    public static Document Stored(this WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.Done done => done.Document,
        WriteOutcome.NotFound none => throw new StoreRefusedException($"{none.Key} is not there"),
        WriteOutcome.AlreadyExists exists => throw new StoreRefusedException($"{exists.Key} is there already"),
        WriteOutcome.Conflict conflict => throw new StoreConflictException($"{conflict.Key}: {conflict.Message}"),
        WriteOutcome.Forbidden forbidden => throw new StoreRefusedException($"{forbidden.Key}: {forbidden.Message}"),
        WriteOutcome.Unpatched unpatched => throw new StoreRefusedException($"{unpatched.Key}: {unpatched.Why}"),
        WriteOutcome.Invalid invalid => throw new StoreRefusedException($"{invalid.Key}: {string.Join("; ", invalid.Problems)}"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>
    /// Watches for as long as the caller wants: first <see cref="FollowEvent.Replaced"/> with all there is, then each change;
    /// after an expired watch a new Replaced.
    /// </summary>
    public static async IAsyncEnumerable<FollowEvent> FollowAsync(
        this IResourceStore store, ResourceKind kind, string? ns, [EnumeratorCancellation] CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var list = await store.ListAsync(kind, ns, ct);
            yield return new FollowEvent.Replaced(list.Items);
            await foreach (var change in store.WatchAsync(kind, ns, list.ResourceVersion, ct))
            {
                switch (change)
                {
                    case WatchEvent.Added added:
                        yield return new FollowEvent.Changed(added.Document);
                        break;
                    case WatchEvent.Modified modified:
                        yield return new FollowEvent.Changed(modified.Document);
                        break;
                    case WatchEvent.Deleted deleted:
                        yield return new FollowEvent.Removed(deleted.Document);
                        break;
                }
            }
        }
    }
}

/// <summary>What <see cref="Stores.FollowAsync"/> tells.</summary>
public abstract record FollowEvent
{
    /// <summary>Everything that exists; forget what was known before.</summary>
    public sealed record Replaced(IReadOnlyList<Document> Items) : FollowEvent;

    public sealed record Changed(Document Document) : FollowEvent;

    public sealed record Removed(Document Document) : FollowEvent;
}

/// <summary>A write that was not done.</summary>
public class StoreRefusedException(string message) : Exception(message);

/// <summary>Somebody else wrote first: usual, and over as soon as the object is read again.</summary>
public sealed class StoreConflictException(string message) : StoreRefusedException(message);
