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
    public static Trigger Mapped(
        IResourceStore store, ResourceKind kind, Func<Document, CancellationToken, Task<IEnumerable<ResourceKey>>> map)
        => new(kind.Plural, ct => FollowAsync(store, kind, map, ct));

    private static async IAsyncEnumerable<ResourceKey> FollowAsync(
        IResourceStore store, ResourceKind kind, Func<Document, CancellationToken, Task<IEnumerable<ResourceKey>>> map, [EnumeratorCancellation] CancellationToken ct)
    {
        var known = new Dictionary<ResourceKey, Document>();
        await foreach (var change in store.FollowAsync(kind, ns: null, ct))
        {
            var touched = Touched(known, change);
            foreach (var document in touched)
            {
                foreach (var key in await map(document, ct))
                    yield return key;
            }
        }
    }

    /// <summary>The documents that a change concerns, those included that went while nobody watched.</summary>
    private static List<Document> Touched(Dictionary<ResourceKey, Document> known, FollowEvent change)
    {
        switch (change)
        {
            case FollowEvent.Replaced replaced:
                var here = replaced.Items.Select(d => d.Key).ToHashSet();
                List<Document> all = [.. replaced.Items, .. known.Values.Where(d => !here.Contains(d.Key))];
                known.Clear();
                foreach (var document in replaced.Items)
                    known[document.Key] = document;
                return all;
            case FollowEvent.Changed changed:
                known[changed.Document.Key] = changed.Document;
                return [changed.Document];
            case FollowEvent.Removed removed:
                known.Remove(removed.Document.Key);
                return [removed.Document];
            default:
                return [];
        }
    }
}
