using System.Text.Json.Nodes;
using Orrery.Resources.Apply;
using Orrery.Resources.Standard;

namespace Orrery.Resources.Store;

/// <summary>
/// What a Kubernetes API server does between a request and its log, as one pure function: the same snapshot, request and context
/// always give the same decision.
/// <code>
///   request ── 1 find ── 2 preconditions ── 3 default ── 4 stamp metadata, owners of fields, validate ── 5 changes (owned objects too)
/// </code>
/// </summary>
public static class StorePipeline
{
    public static StoreDecision Decide(StoreSnapshot snapshot, StoreRequest request, StoreContext context)
    {
        var decision = request switch
        {
            StoreRequest.Create create => Create(snapshot, create.Document, json => Owners.AtBirth(json, create, context), context),
            StoreRequest.Update update => Update(snapshot, update, context),
            StoreRequest.Apply apply => Apply(snapshot, apply, context),
            StoreRequest.Delete delete => Delete(snapshot, delete, context),
            _ => throw new ArgumentOutOfRangeException(nameof(request)),
        };
        return request.DryRun ? Stamping.Rehearsed(snapshot, decision) : decision;
    }

    /// <param name="owners">Who owns which fields of the object as it will be stored.</param>
    private static StoreDecision Create(StoreSnapshot snapshot, Document asked, Func<JsonObject, ManagedFields> owners, StoreContext context)
    {
        var json = asked.ToJson();
        var metadata = json["metadata"]!.AsObject();
        if (asked.Metadata is { Name: null or "", GenerateName: { Length: > 0 } prefix })
            metadata["name"] = Stamping.NewName(snapshot, asked, prefix, context.NewSuffix);

        // :: Step 3
        asked.Kind.Defaults(json);
        if (asked.Kind.HasStatus)
            json.Remove("status");
        if (asked.Kind.InitialStatus is { } initial)
            json["status"] = initial();
        Stamping.SetScope(metadata, asked.Kind);
        if (asked.Metadata.ResourceVersion is { Length: > 0 })
            return Invalid(asked.Key, "metadata.resourceVersion: must not be set when creating");

        // :: Step 4
        Stamping.Stamp(metadata, context.NewUid(), asked.Kind.HasGeneration ? 1 : null, context.Now, deletion: null, snapshot.Version + 1);
        Owners.Set(json, asked.Kind, owners);
        var (document, problems) = Checked(json);
        if (problems.Count > 0)
            return StoreDecision.Refused(new WriteOutcome.Invalid(document?.Key ?? asked.Key, problems));

        // :: Step 1
        if (snapshot.Get(document!.Key) is not null)
            return StoreDecision.Refused(new WriteOutcome.AlreadyExists(document.Key));
        if (document.Kind.Namespaced && NamespaceProblem(snapshot, document) is { } problem)
            return StoreDecision.Refused(problem);

        var added = new Change(snapshot.Version + 1, ChangeType.Added, document);
        return new StoreDecision(new WriteOutcome.Done(document, Created: true), [added, .. OrphanedAtBirth(snapshot.Apply(added), document, context)]);
    }

    private static StoreDecision Update(StoreSnapshot snapshot, StoreRequest.Update update, StoreContext context)
    {
        // :: Step 1
        var asked = update.Document;
        if (snapshot.Get(asked.Key) is not { } current)
            return StoreDecision.Refused(new WriteOutcome.NotFound(asked.Key));

        // :: Step 2
        var read = AsRead(asked);
        // As in Kubernetes: its own kinds may be replaced whatever they are by now, custom ones may not.
        if (read.ResourceVersion is null && asked.Kind.Group == Kinds.Group)
            return Invalid(asked.Key, "metadata.resourceVersion: must be set to the version that was read");
        if (Stale(current, read) is { } stale)
            return StoreDecision.Refused(stale);

        var before = current.ToJson();
        var json = update.Status ? WithStatusOf(before, asked.ToJson()) : Replaced(before, asked);
        return Replace(snapshot, current, json, update.Status, after => Owners.AfterUpdate(before, after, update, context), context);
    }

    private static StoreDecision Apply(StoreSnapshot snapshot, StoreRequest.Apply apply, StoreContext context)
    {
        // :: Step 1
        var (asked, options) = (apply.Applied, apply.Options);
        var current = snapshot.Get(asked.Key);
        if (current is null && options.Status)
            return StoreDecision.Refused(new WriteOutcome.NotFound(asked.Key));

        // :: Step 2
        if (current is null && asked.Metadata.Uid is { Length: > 0 } uid)
            return StoreDecision.Refused(new WriteOutcome.Conflict(asked.Key, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found"));
        if (current is not null && Stale(current, AsRead(asked)) is { } stale)
            return StoreDecision.Refused(stale);

        return Owners.Applied(current, apply, context) switch
        {
            (null, var refused) => StoreDecision.Refused(refused!),
            ({ } applied, _) when current is null => Create(snapshot, Document.From(applied.Json), _ => applied.Owners, context),
            ({ } applied, _) => Replace(snapshot, current!, applied.Json, options.Status, _ => applied.Owners, context),
        };
    }

    /// <param name="json">What the object is to be, but for what the store writes itself.</param>
    private static StoreDecision Replace(
        StoreSnapshot snapshot, Document current, JsonObject json, bool status, Func<JsonObject, ManagedFields> owners, StoreContext context)
    {
        // :: Step 3
        var before = current.ToJson();
        if (!status)
            current.Kind.Defaults(json);
        var metadata = json["metadata"]!.AsObject();
        Stamping.SetScope(metadata, current.Kind);

        // :: Step 4
        long generation = current.Metadata.Generation ?? 1;
        bool specChanged = !SameBut(before, json, "metadata", "status");
        Stamping.Stamp(
            metadata, current.Metadata.Uid!, !current.Kind.HasGeneration ? null : specChanged ? generation + 1 : generation,
            current.Metadata.CreationTimestamp ?? context.Now, current.Metadata.DeletionTimestamp, snapshot.Version + 1);
        var managed = Owners.Set(json, current.Kind, owners);
        var (document, problems) = Checked(json);
        if (problems.Count > 0)
            return StoreDecision.Refused(new WriteOutcome.Invalid(current.Key, problems));
        if (current.Kind.ChangeProblems?.Invoke(current, document!) is { Count: > 0 } changes)
            return StoreDecision.Refused(new WriteOutcome.Invalid(current.Key, changes));
        if (current.Metadata.DeletionTimestamp is not null && document!.Metadata.Finalizers?.Except(current.Metadata.Finalizers ?? []).Any() == true)
            return Invalid(current.Key, "metadata.finalizers: Forbidden: none may be added to an object that is being deleted");

        // :: Step 5
        if (SameBut(before["metadata"]!.AsObject(), metadata, "resourceVersion", ManagedFields.Field) && SameBut(before, json, "metadata") && managed.SameAs(Owners.Of(before)))
            return new StoreDecision(new WriteOutcome.Done(current), []);
        if (document!.Metadata is { DeletionTimestamp: not null, Finalizers: null or { Count: 0 } } && !HoldsObjects(snapshot, document))
            return Deletion.Of(snapshot, document, context);
        var modified = new Change(snapshot.Version + 1, ChangeType.Modified, document);
        return new StoreDecision(new WriteOutcome.Done(document), [modified, .. Deletion.NoLongerHeldUp(snapshot.Apply(modified), current, context)]);
    }

    private static StoreDecision Delete(StoreSnapshot snapshot, StoreRequest.Delete delete, StoreContext context)
    {
        if (snapshot.Get(delete.Key) is not { } current)
            return StoreDecision.Refused(new WriteOutcome.NotFound(delete.Key));
        if (Stale(current, delete.Preconditions) is { } stale)
            return StoreDecision.Refused(stale);
        if (current.Key == Namespace.Kind.Key(Namespace.Default))
            return StoreDecision.Refused(new WriteOutcome.Forbidden(current.Key, "this namespace may not be deleted"));
        return Deletion.Of(snapshot, current, context, delete.Propagation);
    }

    /// <summary>An object created for owners that are all gone already goes at once, as Kubernetes' collector would see to.</summary>
    private static IReadOnlyList<Change> OrphanedAtBirth(StoreSnapshot after, Document document, StoreContext context)
        => document.Metadata.OwnerReferences is { Count: > 0 } && !Deletion.HasLivingOwner(after, document) ? Deletion.Of(after, document, context).Changes : [];

    private static WriteOutcome? NamespaceProblem(StoreSnapshot snapshot, Document document)
    {
        var key = Namespace.Kind.Key(document.Metadata.Namespace!);
        return snapshot.Get(key) switch
        {
            null => new WriteOutcome.NotFound(key),
            { Metadata.DeletionTimestamp: not null } => new WriteOutcome.Forbidden(document.Key, $"nothing can be created in namespace {key.Name} because it is being terminated"),
            _ => null,
        };
    }

    private static bool HoldsObjects(StoreSnapshot snapshot, Document document)
        => document.Kind == Namespace.Kind && snapshot.In(document.Metadata.Name!).Any();

    /// <summary>The object that a writer means. Empty is left out, as Go writes it; the preconditions of a delete are taken at their word.</summary>
    private static Preconditions AsRead(Document asked)
        => new(asked.Metadata.Uid is { Length: > 0 } uid ? uid : null, asked.Metadata.ResourceVersion is { Length: > 0 } version ? version : null);

    private static WriteOutcome.Conflict? Stale(Document current, Preconditions preconditions)
    {
        if (preconditions.Uid is { } uid && uid != current.Metadata.Uid)
            return new WriteOutcome.Conflict(current.Key, $"it has uid {current.Metadata.Uid}, not {uid}: it was deleted and created again");
        if (preconditions.ResourceVersion is { } version && version != current.Metadata.ResourceVersion)
            return new WriteOutcome.Conflict(current.Key, "the object has been modified; please apply your changes to the latest version and try again");
        return null;
    }

    private static StoreDecision Invalid(ResourceKey key, string problem)
        => StoreDecision.Refused(new WriteOutcome.Invalid(key, [problem]));

    private static (Document? Document, IReadOnlyList<string> Problems) Checked(JsonObject json)
    {
        try
        {
            var document = Document.From(json);
            return document.Utf8.Length > Document.MaxBytes
                ? (document, [$"(root): Too long: the object would have {document.Utf8.Length} bytes; at most {Document.MaxBytes} are stored"])
                : (document, document.Kind.Problems(document));
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
