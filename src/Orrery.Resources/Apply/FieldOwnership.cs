using System.Text.Json.Nodes;
using Orrery.Resources.Schema;
using Orrery.Resources.Store;

namespace Orrery.Resources.Apply;

/// <summary>
/// Who owns what after a write, as kube-apiserver decides it. A write by update takes what it changes from everyone; an apply owns
/// what its configuration says, shares what others have alike, and conflicts over what they have otherwise.
/// <code>
///   apply:  live ─┬─ merge ── prune what the manager no longer applies ─┬─▶ object
///        config ──┘                                                     └─ compare with live ── conflicts, owners
/// </code>
/// </summary>
internal static class FieldOwnership
{
    /// <summary>Entry for what an object held that nobody's entries told of, when somebody first applies to it.</summary>
    public const string BeforeFirstApply = "before-first-apply";

    /// <summary>What nobody owns: it names the object, or the store writes it.</summary>
    private static readonly FieldSet Unowned = new[] { "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", ManagedFields.Field, "resourceVersion" }
        .Aggregate(
            FieldSet.Of(false, new[] { "apiVersion", "kind", "metadata" }.Select(f => KeyValuePair.Create(FieldsV1.Field(f), FieldSet.Leaf))),
            (set, field) => set.Union(FieldSet.At(FieldsV1.Field("metadata"), FieldsV1.Field(field))));

    /// <summary>The owners after a create or update.</summary>
    /// <param name="before">Empty: the object is new.</param>
    /// <param name="managed">The owners that the write starts from.</param>
    public static ManagedFields Updated(JsonObject before, JsonObject after, MergeType type, ManagedFields managed, ManagerId writer, DateTimeOffset now)
    {
        // An object that nobody tracks stays so until it is applied.
        if (managed.Entries.IsEmpty && before.Count > 0)
            return managed;
        return Tracked(before, after, type, managed, writer, now).Capped();
    }

    /// <param name="live">Empty: it is not there yet.</param>
    /// <param name="config">Without what the store writes itself.</param>
    public static ApplyDecision Apply(JsonObject live, JsonObject config, MergeType type, ManagedFields managed, ManagerId writer, bool force, DateTimeOffset now)
    {
        if (managed.Entries.IsEmpty && live.Count > 0)
            managed = Tracked([], live, type, managed, writer with { Manager = BeforeFirstApply, Operation = ManagerId.Update, Subresource = "" }, now);

        var id = managed.Entries.Find(e => IsSameApplier(e.Id, writer))?.Id ?? writer;
        var last = managed.Find(id)?.Fields ?? FieldSet.Empty;
        var others = new ManagedFields(managed.Entries.RemoveAll(e => e.Id == id));
        // What the configuration states and nobody owns, such as the name, keeps what it stands in.
        var stated = FieldTree.Owned(config, type);
        var applied = stated.Except(Unowned);

        var next = StructuredMerge.Prune(StructuredMerge.Merge(live, config, type), last, others.All().Union(stated), type);
        var change = Comparison.Of(live, next, type);
        if (!force && Conflicts(others, change.Written) is { Count: > 0 } conflicts)
            return new ApplyDecision.Conflicting(conflicts);
        // What is gone is nobody's; nothing is said of fields that are not there.
        var owners = others.Select(e => e.Fields.Except(change.Written).Except(change.Removed)).With(new ManagedEntry(writer, now, applied));
        return new ApplyDecision.Applied(next, owners);
    }

    /// <summary>The owners without fields that the object does not have.</summary>
    public static ManagedFields Present(ManagedFields managed, JsonObject json, MergeType type)
    {
        var all = FieldTree.All(json, type, 0);
        return managed.Select(e => e.Fields.Intersect(all));
    }

    private static ManagedFields Tracked(JsonObject before, JsonObject after, MergeType type, ManagedFields managed, ManagerId writer, DateTimeOffset now)
    {
        var change = Comparison.Of(before, after, type);
        var left = managed.Select(e => e.Fields.Except(change.Written).Except(change.Removed));
        var written = change.Written.Except(Unowned);
        return written.IsEmpty ? left : left.With(new ManagedEntry(writer, now, written.Union(left.Find(writer)?.Fields ?? FieldSet.Empty)));
    }

    // An applier stays the same one when it comes with another version of the kind.
    private static bool IsSameApplier(ManagerId a, ManagerId b)
        => a.Operation == ManagerId.Apply && a.Manager == b.Manager && a.Subresource == b.Subresource;

    private static List<OwnedField> Conflicts(ManagedFields others, FieldSet written)
        => [.. others.Entries.SelectMany(e => e.Fields.Intersect(written).Paths().Select(p => new OwnedField(e.Id, p)))];
}

/// <summary>A field that another manager owns.</summary>
internal sealed record OwnedField(ManagerId Owner, IReadOnlyList<string> Path)
{
    public FieldConflict Told => new(FieldsV1.PathText(Path), $"conflict with {Owner}");
}

/// <summary>How an apply came out.</summary>
internal abstract record ApplyDecision
{
    public sealed record Applied(JsonObject Json, ManagedFields Owners) : ApplyDecision;

    public sealed record Conflicting(IReadOnlyList<OwnedField> Fields) : ApplyDecision;
}
