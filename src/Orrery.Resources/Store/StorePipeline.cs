using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Resources.Standard;

namespace Orrery.Resources.Store;

/// <summary>
/// What a Kubernetes API server does between a request and its log, as one pure function: the same snapshot, request and context
/// always give the same decision.
/// <code>
///   request ── 1 find ── 2 preconditions ── 3 default, validate ── 4 stamp metadata ── 5 changes (owned objects too)
/// </code>
/// </summary>
public static class StorePipeline
{
    public static StoreDecision Decide(StoreSnapshot snapshot, StoreRequest request, StoreContext context) => request switch
    {
        StoreRequest.Create create => Create(snapshot, create.Document, context),
        StoreRequest.Update update => Update(snapshot, update, context),
        StoreRequest.Delete delete => Delete(snapshot, delete, context),
        _ => throw new ArgumentOutOfRangeException(nameof(request)),
    };

    private static StoreDecision Create(StoreSnapshot snapshot, Document asked, StoreContext context)
    {
        var json = asked.ToJson();
        var metadata = json["metadata"]!.AsObject();
        if (asked.Metadata is { Name: null or "", GenerateName: { Length: > 0 } prefix })
            metadata["name"] = prefix + context.NewSuffix();

        // :: Step 3
        asked.Kind.Defaults?.Invoke(json);
        if (asked.Kind.HasStatus)
            json.Remove("status");
        SetScope(metadata, asked.Kind);
        if (asked.Metadata.ResourceVersion is { Length: > 0 })
            return Invalid(asked.Key, "metadata.resourceVersion: must not be set when creating");

        // :: Step 4
        Stamp(metadata, context.NewUid(), 1, context.Now, deletion: null, snapshot.Version + 1);
        var (document, problems) = Checked(json);
        if (problems.Count > 0)
            return StoreDecision.Refused(new WriteOutcome.Invalid(document?.Key ?? asked.Key, problems));

        // :: Step 1
        if (snapshot.Get(document!.Key) is not null)
            return StoreDecision.Refused(new WriteOutcome.AlreadyExists(document.Key));
        if (document.Kind.Namespaced && snapshot.Get(Namespace.Kind.Key(document.Metadata.Namespace!)) is null)
            return StoreDecision.Refused(new WriteOutcome.NotFound(Namespace.Kind.Key(document.Metadata.Namespace!)));

        var added = new Change(snapshot.Version + 1, ChangeType.Added, document);
        return new StoreDecision(new WriteOutcome.Done(document), [added, .. OrphanedAtBirth(snapshot.Apply(added), document, context)]);
    }

    private static StoreDecision Update(StoreSnapshot snapshot, StoreRequest.Update update, StoreContext context)
    {
        // :: Step 1
        var asked = update.Document;
        if (snapshot.Get(asked.Key) is not { } current)
            return StoreDecision.Refused(new WriteOutcome.NotFound(asked.Key));

        // :: Step 2
        if (asked.Metadata.ResourceVersion is not { Length: > 0 } version)
            return Invalid(asked.Key, "metadata.resourceVersion: must be set to the version that was read");
        if (Stale(current, new Preconditions(asked.Metadata.Uid, version)) is { } stale)
            return StoreDecision.Refused(stale);

        // :: Step 3
        var before = current.ToJson();
        var json = update.Status ? WithStatusOf(before, asked.ToJson()) : Replaced(before, asked);
        if (!update.Status)
            asked.Kind.Defaults?.Invoke(json);
        var metadata = json["metadata"]!.AsObject();
        SetScope(metadata, asked.Kind);

        // :: Step 4
        long generation = current.Metadata.Generation ?? 1;
        bool specChanged = !SameBut(before, json, "metadata", "status");
        Stamp(
            metadata, current.Metadata.Uid!, specChanged ? generation + 1 : generation,
            current.Metadata.CreationTimestamp ?? context.Now, current.Metadata.DeletionTimestamp, snapshot.Version + 1);
        var (document, problems) = Checked(json);
        if (problems.Count > 0)
            return StoreDecision.Refused(new WriteOutcome.Invalid(asked.Key, problems));
        if (current.Metadata.DeletionTimestamp is not null && document!.Metadata.Finalizers?.Except(current.Metadata.Finalizers ?? []).Any() == true)
            return Invalid(asked.Key, "metadata.finalizers: none may be added to an object that is being deleted");

        // :: Step 5
        if (SameBut(before["metadata"]!.AsObject(), metadata, "resourceVersion") && SameBut(before, json, "metadata"))
            return new StoreDecision(new WriteOutcome.Done(current), []);
        if (document!.Metadata is { DeletionTimestamp: not null, Finalizers: null or { Count: 0 } })
            return Removed(snapshot, document, context);
        return new StoreDecision(new WriteOutcome.Done(document), [new Change(snapshot.Version + 1, ChangeType.Modified, document)]);
    }

    private static StoreDecision Delete(StoreSnapshot snapshot, StoreRequest.Delete delete, StoreContext context)
    {
        if (snapshot.Get(delete.Key) is not { } current)
            return StoreDecision.Refused(new WriteOutcome.NotFound(delete.Key));
        if (Stale(current, delete.Preconditions) is { } stale)
            return StoreDecision.Refused(stale);
        return current.Metadata.Finalizers is { Count: > 0 } ? Marked(snapshot, current, context) : Removed(snapshot, current, context);
    }

    /// <summary>Finalizers hold the object: it is only marked, once.</summary>
    private static StoreDecision Marked(StoreSnapshot snapshot, Document current, StoreContext context)
    {
        if (current.Metadata.DeletionTimestamp is not null)
            return new StoreDecision(new WriteOutcome.Done(current), []);
        var change = MarkedChange(snapshot, current, context);
        return new StoreDecision(new WriteOutcome.Done(change.Document), [change]);
    }

    /// <summary>
    /// The object goes, and with it what it owns and what is inside it; those that finalizers hold are marked.
    /// A list of what is left to do instead of recursion: a chain of owners may be longer than the stack.
    /// </summary>
    private static StoreDecision Removed(StoreSnapshot snapshot, Document current, StoreContext context)
    {
        var changes = new List<Change>();
        var after = Remove(snapshot, current, changes);
        var left = new Queue<ResourceKey>(OrphansOf(after, current));
        while (left.TryDequeue(out var key))
        {
            // An orphan may have gone, or been marked, with one before it.
            if (after.Get(key) is not { } orphan)
                continue;
            if (orphan.Metadata.Finalizers is not { Count: > 0 })
            {
                after = Remove(after, orphan, changes);
                foreach (var next in OrphansOf(after, orphan))
                    left.Enqueue(next);
            }
            else if (orphan.Metadata.DeletionTimestamp is null)
            {
                var marked = MarkedChange(after, orphan, context);
                changes.Add(marked);
                after = after.Apply(marked);
            }
        }
        return new StoreDecision(new WriteOutcome.Done(changes[0].Document), changes);
    }

    private static StoreSnapshot Remove(StoreSnapshot snapshot, Document document, List<Change> changes)
    {
        var last = document.Edit(json => json["metadata"]!["resourceVersion"] = Text(snapshot.Version + 1));
        changes.Add(new Change(snapshot.Version + 1, ChangeType.Deleted, last));
        return snapshot.Apply(changes[^1]);
    }

    /// <summary>What must follow an object that just went.</summary>
    private static List<ResourceKey> OrphansOf(StoreSnapshot after, Document gone)
    {
        var orphans = after.DependentsOf(gone.Metadata.Uid!).Where(d => !HasLivingOwner(after, d)).Select(d => d.Key).ToList();
        if (gone.Kind == Namespace.Kind)
            orphans.AddRange(after.In(gone.Metadata.Name!).Select(d => d.Key));
        return orphans;
    }

    private static Change MarkedChange(StoreSnapshot snapshot, Document current, StoreContext context)
    {
        var marked = current.Edit(json => Stamp(
            json["metadata"]!.AsObject(), current.Metadata.Uid!, (current.Metadata.Generation ?? 1) + 1,
            current.Metadata.CreationTimestamp ?? context.Now, context.Now, snapshot.Version + 1));
        return new Change(snapshot.Version + 1, ChangeType.Modified, marked);
    }

    /// <summary>An object created for owners that are all gone already goes at once, as Kubernetes' collector would see to.</summary>
    private static IReadOnlyList<Change> OrphanedAtBirth(StoreSnapshot after, Document document, StoreContext context)
        => document.Metadata.OwnerReferences is { Count: > 0 } && !HasLivingOwner(after, document)
            ? Delete(after, new StoreRequest.Delete(document.Key, Preconditions.None), context).Changes
            : [];

    private static bool HasLivingOwner(StoreSnapshot snapshot, Document document)
        => (document.Metadata.OwnerReferences ?? []).Any(o => snapshot.HasOwner(document, o));

    private static WriteOutcome.Conflict? Stale(Document current, Preconditions preconditions)
    {
        if (preconditions.Uid is { } uid && uid != current.Metadata.Uid)
            return new WriteOutcome.Conflict(current.Key, $"it has uid {current.Metadata.Uid}, not {uid}: it was deleted and created again");
        if (preconditions.ResourceVersion is { } version && version != current.Metadata.ResourceVersion)
            return new WriteOutcome.Conflict(current.Key, "the object has been modified; apply your changes to the latest version and try again");
        return null;
    }

    private static StoreDecision Invalid(ResourceKey key, string problem)
        => StoreDecision.Refused(new WriteOutcome.Invalid(key, [problem]));

    private static (Document? Document, IReadOnlyList<string> Problems) Checked(JsonObject json)
    {
        try
        {
            var document = Document.From(json);
            return (document, document.Kind.Problems(document));
        }
        catch (InvalidDocumentException e)
        {
            return (null, [e.Message]);
        }
    }

    private static JsonObject WithStatusOf(JsonObject current, JsonObject asked)
    {
        var json = current.DeepClone().AsObject();
        if (asked["status"] is { } status)
            json["status"] = status.DeepClone();
        else
            json.Remove("status");
        return json;
    }

    /// <summary>The new document, with the status that was there when status has its own door.</summary>
    private static JsonObject Replaced(JsonObject current, Document asked)
    {
        var json = asked.ToJson();
        if (asked.Kind.HasStatus)
            json = WithStatusOf(json, current);
        return json;
    }

    private static void SetScope(JsonObject metadata, ResourceKind kind)
    {
        if (!kind.Namespaced)
            metadata.Remove("namespace");
    }

    private static void Stamp(JsonObject metadata, string uid, long generation, DateTimeOffset created, DateTimeOffset? deletion, long version)
    {
        metadata["uid"] = uid;
        metadata["resourceVersion"] = Text(version);
        metadata["generation"] = generation;
        metadata["creationTimestamp"] = Text(created);
        if (deletion is { } at)
            metadata["deletionTimestamp"] = Text(at);
        else
            metadata.Remove("deletionTimestamp");
    }

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>Equal in everything except the fields named.</summary>
    private static bool SameBut(JsonObject a, JsonObject b, params ReadOnlySpan<string> ignored)
    {
        foreach (var (name, value) in a)
        {
            if (!ignored.Contains(name) && !JsonNode.DeepEquals(value, b[name]))
                return false;
        }
        foreach (var (name, value) in b)
        {
            if (!ignored.Contains(name) && value is not null && !a.ContainsKey(name))
                return false;
        }
        return true;
    }
}
