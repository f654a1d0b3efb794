using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Resources.Standard;

namespace Orrery.Resources.Store;

/// <summary>
/// One object's end and all that follows from it: what it owns goes with it, what is inside a namespace goes before it, and what
/// finalizers hold is only marked. A list of what is left to do instead of recursion: a chain of owners may be longer than the stack.
/// </summary>
internal sealed class Deletion(StoreSnapshot snapshot, StoreContext context)
{
    private readonly Queue<ResourceKey> _left = new();
    private readonly List<Change> _changes = [];
    private StoreSnapshot _after = snapshot;

    /// <param name="current">As stored, or as it would be stored now that its last finalizer is gone.</param>
    public static StoreDecision Of(StoreSnapshot snapshot, Document current, StoreContext context)
    {
        var deletion = new Deletion(snapshot, context);
        deletion.Take(current);
        while (deletion._left.TryDequeue(out var key))
        {
            // It may have gone with one before it.
            if (deletion._after.Get(key) is { } next)
                deletion.Take(next);
        }
        var last = deletion._changes.LastOrDefault(c => c.Document.Key == current.Key)?.Document ?? current;
        return new StoreDecision(new WriteOutcome.Done(last), deletion._changes);
    }

    private void Take(Document document)
    {
        var inside = document.Kind == Namespace.Kind ? _after.In(document.Metadata.Name!).Select(d => d.Key).ToList() : [];
        if (document.Metadata.Finalizers is { Count: > 0 } || inside.Count > 0)
        {
            Mark(document);
            inside.ForEach(_left.Enqueue);
            return;
        }
        Remove(document);
        foreach (var orphan in _after.DependentsOf(document.Metadata.Uid!).Where(d => !HasLivingOwner(_after, d)))
            _left.Enqueue(orphan.Key);
        if (NamespaceThatWaitsFor(document) is { } ended)
            _left.Enqueue(ended);
    }

    public static bool HasLivingOwner(StoreSnapshot snapshot, Document document)
        => (document.Metadata.OwnerReferences ?? []).Any(o => snapshot.HasOwner(document, o));

    /// <summary>The namespace that this was the last object of, when it is being deleted.</summary>
    private ResourceKey? NamespaceThatWaitsFor(Document gone)
        => gone.Metadata.Namespace is { } name
           && _after.Get(Namespace.Kind.Key(name)) is { Metadata.DeletionTimestamp: not null } ns
           && !_after.In(name).Any()
            ? ns.Key
            : null;

    /// <summary>Once: whoever asks again changes nothing.</summary>
    private void Mark(Document document)
    {
        if (document.Metadata.DeletionTimestamp is not null)
            return;
        Apply(ChangeType.Modified, document.Edit(json =>
        {
            var metadata = json["metadata"]!.AsObject();
            metadata["generation"] = (document.Metadata.Generation ?? 1) + 1;
            metadata["deletionTimestamp"] = Text(context.Now);
            metadata["resourceVersion"] = Next;
            if (document.Kind == Namespace.Kind)
                json["status"] = new JsonObject { ["phase"] = "Terminating" };
        }));
    }

    private void Remove(Document document) => Apply(ChangeType.Deleted, document.Edit(json => json["metadata"]!["resourceVersion"] = Next));

    private void Apply(ChangeType type, Document document)
    {
        var change = new Change(_after.Version + 1, type, document);
        _changes.Add(change);
        _after = _after.Apply(change);
    }

    private string Next => (_after.Version + 1).ToString(CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
