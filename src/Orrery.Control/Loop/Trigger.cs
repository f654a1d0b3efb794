using System.Runtime.CompilerServices;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Control.Loop;

/// <summary>A stream of keys to look at. It may name too many keys, never too few; when it breaks it is started again and begins with all of them.</summary>
/// <param name="Name">For the log.</param>
public sealed record Trigger(string Name, Func<CancellationToken, IAsyncEnumerable<ResourceKey>> Keys)
{
    /// <summary>Each object of the kind, and each change of one.</summary>
    public static Trigger For(IResourceStore store, ResourceKind kind) => Mapped(store, kind, (document, _) => Task.FromResult<IEnumerable<ResourceKey>>([document.Key]));

    /// <summary>Objects that depend on another kind's.</summary>
    /// <param name="map">Keys to look at when this document came, changed or went.</param>
    /// <param name="matters">Everything of a document that those who depend on it look at: a change of anything else wakes nobody. Null: all of it.</param>
    public static Trigger Mapped(
        IResourceStore store, ResourceKind kind, Func<Document, CancellationToken, Task<IEnumerable<ResourceKey>>> map, Func<Document, string>? matters = null)
        => new(kind.Plural, ct => FollowAsync(store, kind, map, matters, ct));

    private static async IAsyncEnumerable<ResourceKey> FollowAsync(
        IResourceStore store, ResourceKind kind, Func<Document, CancellationToken, Task<IEnumerable<ResourceKey>>> map, Func<Document, string>? matters,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var known = new Dictionary<ResourceKey, Document>();
        await foreach (var change in store.FollowAsync(kind, ns: null, ct))
        {
            var touched = Touched(known, change, matters);
            foreach (var document in touched)
            {
                foreach (var key in await map(document, ct))
                    yield return key;
            }
        }
    }

    /// <summary>The documents that a change concerns, those included that went while nobody watched.</summary>
    private static List<Document> Touched(Dictionary<ResourceKey, Document> known, FollowEvent change, Func<Document, string>? matters)
    {
        switch (change)
        {
            case FollowEvent.Replaced replaced:
                var here = replaced.Items.Select(d => d.Key).ToHashSet();
                List<Document> all = [.. replaced.Items.Where(IsNew), .. known.Values.Where(d => !here.Contains(d.Key))];
                known.Clear();
                foreach (var document in replaced.Items)
                    known[document.Key] = document;
                return all;
            case FollowEvent.Changed changed:
                bool isNew = IsNew(changed.Document);
                known[changed.Document.Key] = changed.Document;
                return isNew ? [changed.Document] : [];
            case FollowEvent.Removed removed:
                known.Remove(removed.Document.Key);
                return [removed.Document];
            default:
                return [];
        }

        bool IsNew(Document document)
            => matters is null || !known.TryGetValue(document.Key, out var before)
                || before.Metadata.Uid != document.Metadata.Uid || before.Metadata.DeletionTimestamp != document.Metadata.DeletionTimestamp || matters(before) != matters(document);
    }
}
