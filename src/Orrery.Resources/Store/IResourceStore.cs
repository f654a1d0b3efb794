using Orrery.Resources.Patches;

namespace Orrery.Resources.Store;

/// <summary>
/// Behaves as a Kubernetes API server: defaulting, validation, generation, finalizers, collection of owned objects, stale writes refused,
/// field managers, watch with bounded history. What is expected comes back as a value; exceptions mean that the store itself cannot work.
/// </summary>
public interface IResourceStore
{
    Task<Document?> GetAsync(ResourceKey key, CancellationToken ct);

    /// <param name="ns">Null: every namespace.</param>
    Task<DocumentList> ListAsync(ResourceKind kind, string? ns, CancellationToken ct);

    /// <summary>Changes after <paramref name="fromVersion"/>, each once and in order, until cancelled or <see cref="WatchEvent.Expired"/>.</summary>
    /// <param name="ns">Null: every namespace.</param>
    /// <param name="fromVersion">A version that this store gave. Null: all that is there as Added, then changes.</param>
    IAsyncEnumerable<WatchEvent> WatchAsync(ResourceKind kind, string? ns, string? fromVersion, CancellationToken ct);

    /// <returns>Done, AlreadyExists, Invalid, NotFound for a missing namespace, or Forbidden for one that is being deleted.</returns>
    Task<WriteOutcome> CreateAsync(Document document, WriteOptions options, CancellationToken ct);

    /// <summary>Replaces all but status. The document carries the resourceVersion that it was read at.</summary>
    /// <returns>Done, NotFound, Conflict or Invalid.</returns>
    Task<WriteOutcome> UpdateAsync(Document document, WriteOptions options, CancellationToken ct);

    /// <summary>Replaces status alone.</summary>
    /// <returns>Done, NotFound, Conflict or Invalid.</returns>
    Task<WriteOutcome> UpdateStatusAsync(Document document, WriteOptions options, CancellationToken ct);

    /// <summary>
    /// Server-side apply: the object comes to hold what the configuration says, is made if it is missing, and loses what the same manager applied
    /// before and no longer does, unless another manager has it too.
    /// </summary>
    /// <param name="applied">A part of an object: only the fields that the manager has an opinion on. With resourceVersion or uid it is refused for any other.</param>
    /// <returns>Done, Invalid, NotFound for a missing namespace or the status of a missing object, Forbidden, or Conflict with the fields that others own.</returns>
    Task<WriteOutcome> ApplyAsync(Document applied, ApplyOptions options, CancellationToken ct);

    /// <summary>Deletes, or marks as deleted while finalizers hold it. A namespace goes when what is inside has gone.</summary>
    /// <param name="propagation">What becomes of the objects that it owns. Null: as its finalizers say, mostly <see cref="Propagation.Background"/>.</param>
    /// <returns>Done with the last state, NotFound, Forbidden, or Conflict when a precondition fails.</returns>
    Task<WriteOutcome> DeleteAsync(ResourceKey key, Preconditions preconditions, Propagation? propagation, WriteOptions options, CancellationToken ct);
}

/// <summary>The state at one version.</summary>
public sealed record DocumentList(string ResourceVersion, IReadOnlyList<Document> Items);

/// <summary>What must still be so. Null: anything.</summary>
public sealed record Preconditions(string? Uid = null, string? ResourceVersion = null)
{
    public static Preconditions None { get; } = new();
}

/// <summary>A field that another manager owns.</summary>
/// <param name="Field">A path as Kubernetes writes it: <c>.spec.ports[name="web"].port</c>.</param>
/// <param name="Message"><c>conflict with "MANAGER" using APIVERSION</c>.</param>
public sealed record FieldConflict(string Field, string Message);

/// <summary>How a write ended.</summary>
public abstract record WriteOutcome
{
    /// <param name="Document">As stored now; after a completed delete, the last state; after a dry run, what would have been stored.</param>
    /// <param name="Created">True: it was not there before.</param>
    public sealed record Done(Document Document, bool Created = false) : WriteOutcome;

    public sealed record NotFound(ResourceKey Key) : WriteOutcome;

    public sealed record AlreadyExists(ResourceKey Key) : WriteOutcome;

    /// <summary>Somebody else wrote first: read again and retry. Or, with <see cref="Fields"/>, others own what was applied.</summary>
    public sealed record Conflict(ResourceKey Key, string Message) : WriteOutcome
    {
        /// <summary>Fields of other managers that an apply without force would have changed.</summary>
        public IReadOnlyList<FieldConflict> Fields { get; init; } = [];
    }

    /// <summary>Nobody may do that, whatever their role: delete the namespace <c>default</c>, create in one that is being deleted.</summary>
    public sealed record Forbidden(ResourceKey Key, string Message) : WriteOutcome;

    /// <summary>A patch that is wrong in itself, or cannot be done to the object as it is.</summary>
    public sealed record Unpatched(ResourceKey Key, PatchResult Why) : WriteOutcome;

    /// <summary>Every problem, each starting with a field's path.</summary>
    public sealed record Invalid(ResourceKey Key, IReadOnlyList<string> Problems) : WriteOutcome;
}

public abstract record WatchEvent
{
    public sealed record Added(Document Document) : WatchEvent;

    /// <param name="Before">The state before; null where the store does not know it any more.</param>
    public sealed record Modified(Document Document, Document? Before = null) : WatchEvent;

    /// <param name="Document">The last state, at the version of its deletion.</param>
    public sealed record Deleted(Document Document) : WatchEvent;

    /// <summary>The version asked for is no longer (or not) in the history: list again. Always the last event.</summary>
    public sealed record Expired(string Message) : WatchEvent;
}
