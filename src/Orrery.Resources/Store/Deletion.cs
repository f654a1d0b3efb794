using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Resources.Standard;

namespace Orrery.Resources.Store;

/// <summary>
/// One object's end and all that follows from it: what it owns goes with it, before it or stays (<see cref="Propagation"/>), what is inside a
/// namespace goes before it, and what finalizers hold is only marked. A list of what is left to do instead of recursion: a chain of owners may
/// be longer than the stack.
/// </summary>
internal sealed class Deletion(StoreSnapshot snapshot, StoreContext context)
{
    private readonly Queue<(ResourceKey Key, Propagation? Propagation)> _left = new();
    private readonly List<Change> _changes = [];
    private StoreSnapshot _after = snapshot;

    /// <param name="current">As stored, or as it would be stored now that its last finalizer is gone.</param>
    /// <param name="propagation">Null: as its finalizers say.</param>
    public static StoreDecision Of(StoreSnapshot snapshot, Document current, StoreContext context, Propagation? propagation = null)
    {
        var deletion = new Deletion(snapshot, context);
        deletion.Take(current, propagation);
        deletion.TakeWhatIsLeft();
        var last = deletion._changes.LastOrDefault(c => c.Document.Key == current.Key)?.Document ?? current;
        return new StoreDecision(new WriteOutcome.Done(last), deletion._changes);
    }

    /// <summary>Owners that waited for this object and need not any more: it has ceased to name or to block them.</summary>
    /// <param name="after">With the change.</param>
    /// <param name="before">The object as it was.</param>
    public static IReadOnlyList<Change> NoLongerHeldUp(StoreSnapshot after, Document before, StoreContext context)
    {
        var deletion = new Deletion(after, context);
        deletion.ReleaseOwnersOf(before);
        deletion.TakeWhatIsLeft();
        return deletion._changes;
    }

    public static bool HasLivingOwner(StoreSnapshot snapshot, Document document)
        => (document.Metadata.OwnerReferences ?? []).Any(o => snapshot.HasOwner(document, o));

    private void TakeWhatIsLeft()
    {
        while (_left.TryDequeue(out var next))
        {
            // It may have gone with one before it.
            if (_after.Get(next.Key) is { } document)
                Take(document, next.Propagation);
        }
    }

    private void Take(Document document, Propagation? asked)
    {
        var propagation = asked ?? PropagationFinalizers.Asked(document);
        if (propagation == Propagation.Orphan)
            _after.DependentsOf(document.Metadata.Uid!).ToList().ForEach(dependent => Disown(dependent, document));
        var blocking = propagation == Propagation.Foreground ? Blocking(document) : [];
        var inside = document.Kind == Namespace.Kind ? _after.In(document.Metadata.Name!).Select(d => d.Key).ToList() : [];

        var holding = PropagationFinalizers.Others(document);
        if (blocking.Count > 0)
            holding = [.. holding, PropagationFinalizers.Foreground];
        if (holding.Count == 0 && inside.Count == 0)
        {
            Remove(document);
            return;
        }
        Mark(document, holding);
        inside.ForEach(key => _left.Enqueue((key, null)));
        foreach (var dependent in blocking.Where(d => d.Metadata.DeletionTimestamp is null))
            _left.Enqueue((dependent.Key, Propagation.Foreground));
    }

    /// <summary>What must go before this. A dependent that somebody else owns too is let go of; one that owns this in turn cannot be waited for.</summary>
    private List<Document> Blocking(Document owner)
    {
        var blocking = new List<Document>();
        foreach (var dependent in _after.DependentsOf(owner.Metadata.Uid!).Where(d => Blocks(d, owner)).ToList())
        {
            if (dependent.Metadata.OwnerReferences!.Any(o => o.Uid != owner.Metadata.Uid && _after.HasOwner(dependent, o) && !IsWaiting(o, dependent)))
                Disown(dependent, owner);
            else if (dependent.Metadata.DeletionTimestamp is null || !IsAncestor(dependent, owner))
                blocking.Add(dependent);
        }
        return blocking;
    }

    private static bool Blocks(Document dependent, Document owner)
        => dependent.Metadata.OwnerReferences!.Any(o => o.Uid == owner.Metadata.Uid && o.BlockOwnerDeletion == true);

    private bool IsWaiting(OwnerReference reference, Document dependent) => OwnerOf(dependent, reference) is { } owner && IsWaiting(owner);

    private static bool IsWaiting(Document owner)
        => owner.Metadata.DeletionTimestamp is not null && owner.Metadata.Finalizers?.Contains(PropagationFinalizers.Foreground) == true;

    private bool IsAncestor(Document candidate, Document document)
    {
        var seen = new HashSet<ResourceKey>();
        var upward = new Queue<Document>([document]);
        while (upward.TryDequeue(out var next))
        {
            foreach (var owner in (next.Metadata.OwnerReferences ?? []).Select(o => OwnerOf(next, o)).OfType<Document>().Where(o => seen.Add(o.Key)))
            {
                if (owner.Key == candidate.Key)
                    return true;
                upward.Enqueue(owner);
            }
        }
        return false;
    }

    private Document? OwnerOf(Document dependent, OwnerReference reference)
        => _after.HasOwner(dependent, reference)
            ? _after.Get(Kinds.Find(reference.ApiVersion!, reference.Kind!)!.Key(dependent.Metadata.Namespace, reference.Name!))
            : null;

    private void ReleaseOwnersOf(Document dependent)
    {
        foreach (var owner in (dependent.Metadata.OwnerReferences ?? []).Select(o => OwnerOf(dependent, o)).OfType<Document>())
        {
            if (IsWaiting(owner) && !_after.DependentsOf(owner.Metadata.Uid!).Any(d => Blocks(d, owner)))
                _left.Enqueue((owner.Key, null));
        }
    }

    /// <summary>The namespace that this was the last object of, when it is being deleted.</summary>
    private ResourceKey? NamespaceThatWaitsFor(Document gone)
        => gone.Metadata.Namespace is { } name
           && _after.Get(Namespace.Kind.Key(name)) is { Metadata.DeletionTimestamp: not null } ns
           && !_after.In(name).Any()
            ? ns.Key
            : null;

    private void Disown(Document dependent, Document owner) => Apply(ChangeType.Modified, dependent.Edit(json =>
    {
        var metadata = json["metadata"]!.AsObject();
        var kept = metadata["ownerReferences"]!.AsArray().Where(o => (string?)o!["uid"] != owner.Metadata.Uid).Select(o => o!.DeepClone()).ToArray();
        metadata.Remove("ownerReferences");
        if (kept.Length > 0)
            metadata["ownerReferences"] = new JsonArray(kept);
        metadata["resourceVersion"] = Next;
    }));

    /// <summary>Once: whoever asks again for the same changes nothing.</summary>
    private void Mark(Document document, IReadOnlyList<string> finalizers)
    {
        bool marked = document.Metadata.DeletionTimestamp is not null;
        if (marked && finalizers.SequenceEqual(document.Metadata.Finalizers ?? []))
            return;
        Apply(ChangeType.Modified, document.Edit(json =>
        {
            var metadata = json["metadata"]!.AsObject();
            metadata["resourceVersion"] = Next;
            metadata.Remove("finalizers");
            if (finalizers.Count > 0)
                metadata["finalizers"] = new JsonArray([.. finalizers.Select(f => JsonValue.Create(f))]);
            if (marked)
                return;
            if (document.Kind.HasGeneration)
                metadata["generation"] = (document.Metadata.Generation ?? 1) + 1;
            Stamping.Mark(metadata, context.Now);
            if (document.Kind == Namespace.Kind)
                json["status"] = new JsonObject { ["phase"] = "Terminating" };
        }));
    }

    private void Remove(Document document)
    {
        Apply(ChangeType.Deleted, document.Edit(json => json["metadata"]!["resourceVersion"] = Next));
        foreach (var orphan in _after.DependentsOf(document.Metadata.Uid!).Where(d => !HasLivingOwner(_after, d)))
            _left.Enqueue((orphan.Key, null));
        ReleaseOwnersOf(document);
        if (NamespaceThatWaitsFor(document) is { } ended)
            _left.Enqueue((ended, null));
    }

    private void Apply(ChangeType type, Document document)
    {
        var change = new Change(_after.Version + 1, type, document);
        _changes.Add(change);
        _after = _after.Apply(change);
    }

    private string Next => (_after.Version + 1).ToString(CultureInfo.InvariantCulture);
}
