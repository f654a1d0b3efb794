using System.Text.Json.Nodes;
using Orrery.Api.Selection;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Watching;

/// <summary>
/// A watch of some objects only: one that begins to match is Added for the client, one that ceases is Deleted, as it was when it last matched.
/// Where the store no longer knows what was before, a change out of the selection is told as Deleted: needless if the client never had the
/// object, necessary if it did.
/// </summary>
internal static class WatchFilter
{
    /// <returns>What the client is told; null: nothing.</returns>
    public static WatchEvent? Of(WatchEvent change, ObjectSelection selection) => change switch
    {
        WatchEvent.Added added => selection.Takes(added.Document) ? added : null,
        WatchEvent.Deleted deleted => selection.Takes(deleted.Document) ? deleted : null,
        WatchEvent.Modified modified => Modified(modified, selection),
        _ => change,
    };

    private static WatchEvent? Modified(WatchEvent.Modified modified, ObjectSelection selection)
        => (modified.Before is null ? null : (bool?)selection.Takes(modified.Before), selection.Takes(modified.Document)) switch
        {
            (false, false) => null,
            (false, true) => new WatchEvent.Added(modified.Document),
            (_, true) => modified,
            (true, false) => new WatchEvent.Deleted(At(modified.Document.Metadata.ResourceVersion!, modified.Before!)),
            (null, false) => new WatchEvent.Deleted(modified.Document),
        };

    private static Document At(string version, Document document)
        => document.Edit(json => json["metadata"]!.AsObject()["resourceVersion"] = JsonValue.Create(version));
}
