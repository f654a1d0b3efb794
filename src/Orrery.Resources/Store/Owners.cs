using System.Text.Json.Nodes;
using Orrery.Resources.Apply;
using Orrery.Resources.Patches;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Store;

/// <summary>Where the pipeline asks who owns which fields: reads managedFields from documents, and writes them into what is stored.</summary>
internal static class Owners
{
    private static readonly string Status = FieldsV1.Field("status");

    /// <summary>As the document has them; what cannot be read counts as none.</summary>
    public static ManagedFields Of(JsonObject json) => ManagedFields.Read(json["metadata"]?[ManagedFields.Field]) ?? ManagedFields.None;

    public static ManagedFields AtBirth(JsonObject json, StoreRequest.Create create, StoreContext context)
        => FieldOwnership.Updated([], json, MergeType.Of(create.Document.Kind), Of(create.Document.ToJson()), Writer(create.Document.Kind, create.Options, status: false), context.Now);

    public static ManagedFields AfterUpdate(JsonObject before, JsonObject after, StoreRequest.Update update, StoreContext context)
    {
        var kind = update.Document.Kind;
        return FieldOwnership.Updated(
            Without(before), after, MergeType.Of(kind), update.Status ? Of(before) : Sent(update.Document.ToJson(), before), Writer(kind, update.Options, update.Status), context.Now);
    }

    /// <returns>The object with its owners, or why not.</returns>
    public static (ApplyDecision.Applied? Applied, WriteOutcome? Refused) Applied(Document? current, StoreRequest.Apply apply, StoreContext context)
    {
        var (kind, options) = (apply.Applied.Kind, apply.Options);
        if (apply.Applied.Metadata.ManagedFields is not null)
            return (null, new WriteOutcome.Unpatched(apply.Applied.Key, new PatchResult.Malformed($"metadata.{ManagedFields.Field} must be nil")));
        var type = MergeType.Of(kind);
        var config = AppliedConfiguration.Of(apply.Applied, options.Status);
        if (FieldParts.Problems(config, type).ToList() is { Count: > 0 } problems)
            return (null, new WriteOutcome.Invalid(apply.Applied.Key, problems));

        var live = current is null ? [] : current.ToJson();
        var managed = Of(live);
        var writer = new ManagerId(options.FieldManager, ManagerId.Apply, kind.ApiVersion, options.Status ? "status" : "");
        return LastApplied.Apply(Without(live), config, type, managed, writer, options.Force, context.Now) switch
        {
            ApplyDecision.Applied applied => (applied, null),
            ApplyDecision.Conflicting conflicting => (null, Told(apply.Applied.Key, conflicting.Fields)),
            var other => throw new InvalidOperationException($"{other} is no known decision."),
        };
    }

    /// <summary>Writes the owners of what is there, each of what its door lets it write.</summary>
    public static ManagedFields Set(JsonObject json, ResourceKind kind, Func<JsonObject, ManagedFields> owners)
    {
        var metadata = json["metadata"]!.AsObject();
        metadata.Remove(ManagedFields.Field);
        var managed = FieldOwnership.Present(owners(json), json, MergeType.Of(kind));
        if (kind.HasStatus)
            managed = managed.Select(ThroughItsDoor);
        if (managed.Entries.Count > 0)
            metadata[ManagedFields.Field] = managed.Write();
        return managed;
    }

    private static FieldSet ThroughItsDoor(ManagedEntry entry) => entry.Id.Subresource switch
    {
        "" => entry.Fields.Without(FieldSet.At(Status)),
        "status" => FieldSet.Of(false, [KeyValuePair.Create(Status, entry.Fields[Status])]),
        _ => entry.Fields,
    };

    /// <summary>
    /// What an update starts from: the owners that it sends, so that a client can change them. A list of one empty entry resets them;
    /// none at all, or what cannot be read, comes from a client that does not know of them.
    /// </summary>
    private static ManagedFields Sent(JsonObject asked, JsonObject before)
    {
        var sent = asked["metadata"]?[ManagedFields.Field];
        if (sent is JsonArray { Count: 1 } list && list[0] is JsonObject { Count: 0 })
            return ManagedFields.None;
        return ManagedFields.Read(sent) is { Entries.Count: > 0 } read ? read : Of(before);
    }

    private static JsonObject Without(JsonObject json)
    {
        var copy = json.DeepClone().AsObject();
        copy["metadata"]?.AsObject().Remove(ManagedFields.Field);
        return copy;
    }

    private static ManagerId Writer(ResourceKind kind, WriteOptions options, bool status)
        => new(options.FieldManager, ManagerId.Update, kind.ApiVersion, options.Subresource ?? (status ? "status" : ""));

    /// <summary>In kube-apiserver's words, which programs and people know.</summary>
    private static WriteOutcome.Conflict Told(ResourceKey key, IReadOnlyList<OwnedField> fields)
    {
        string what = fields is [var only]
            ? $"Apply failed with 1 conflict: {only.Told.Message}: {only.Told.Field}"
            : $"Apply failed with {fields.Count} conflicts: " + string.Join('\n', fields.GroupBy(f => f.Owner).OrderBy(g => g.Key.Manager, StringComparer.Ordinal)
                .SelectMany(g => g.Select(f => $"- {f.Told.Field}").Prepend($"conflicts with {g.Key}:")));
        return new WriteOutcome.Conflict(key, what) { Fields = [.. fields.Select(f => f.Told)] };
    }
}
