using Orrery.Api.Selection;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Watching;

/// <summary>
/// A watch of some objects only: one that begins to match is Added for the client, one that ceases is Deleted. Remembers one bit per object
/// seen. Of an object whose past is unknown (the watch resumed from a version whose state is gone) a change out of the selection is told
/// as Deleted: needless if the client never had it, necessary if it did.
/// </summary>
internal sealed class WatchFilter(ObjectSelection selection)
{
    private readonly Dictionary<ResourceKey, bool> _taken = [];

    /// <summary>The state at exactly the version that the watch starts from.</summary>
    public void Start(IEnumerable<Document> documents)
    {
        foreach (var document in documents)
            _taken[document.Key] = selection.Takes(document);
    }

    /// <returns>What the client is told; null: nothing.</returns>
    public WatchEvent? Next(WatchEvent change)
    {
        switch (change)
        {
            case WatchEvent.Added added:
                return (_taken[added.Document.Key] = selection.Takes(added.Document)) ? added : null;
            case WatchEvent.Modified modified:
                return Modified(modified);
            case WatchEvent.Deleted deleted:
                return (_taken.Remove(deleted.Document.Key, out bool was) ? was : selection.Takes(deleted.Document)) ? deleted : null;
            default:
                return change;
        }
    }

    private WatchEvent? Modified(WatchEvent.Modified modified)
    {
        var document = modified.Document;
        bool known = _taken.TryGetValue(document.Key, out bool was);
        bool takes = _taken[document.Key] = selection.Takes(document);
        return (known, was, takes) switch
        {
            (true, false, false) => null,
            (true, false, true) => new WatchEvent.Added(document),
            (_, _, true) => modified,
            (true, true, false) or (false, _, false) => new WatchEvent.Deleted(document),
        };
    }
}
