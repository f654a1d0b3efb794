using System.Collections.Immutable;

namespace Orrery.Resources.Store;

/// <summary>All objects at one version. Immutable: readers hold one as long as they like.</summary>
public sealed class StoreSnapshot
{
    private readonly ImmutableDictionary<ResourceKind, ImmutableSortedDictionary<(string Namespace, string Name), Document>> _byKind;
    private readonly ImmutableDictionary<string, ImmutableHashSet<ResourceKey>> _dependents;

    private StoreSnapshot(
        long version,
        ImmutableDictionary<ResourceKind, ImmutableSortedDictionary<(string Namespace, string Name), Document>> byKind,
        ImmutableDictionary<string, ImmutableHashSet<ResourceKey>> dependents)
    {
        Version = version;
        _byKind = byKind;
        _dependents = dependents;
    }

    public static StoreSnapshot Empty { get; } = new(
        0,
        ImmutableDictionary<ResourceKind, ImmutableSortedDictionary<(string, string), Document>>.Empty,
        ImmutableDictionary<string, ImmutableHashSet<ResourceKey>>.Empty);

    /// <summary>Number of the last change.</summary>
    public long Version { get; }

    public static StoreSnapshot Of(long version, IEnumerable<Document> documents)
    {
        var snapshot = Empty;
        foreach (var document in documents)
            snapshot = snapshot.With(document);
        return new StoreSnapshot(version, snapshot._byKind, snapshot._dependents);
    }

    public Document? Get(ResourceKey key)
        => _byKind.TryGetValue(key.Kind, out var objects) ? objects.GetValueOrDefault((key.Namespace, key.Name)) : null;

    /// <summary>Sorted by namespace, then name.</summary>
    /// <param name="ns">Null: every namespace.</param>
    public IReadOnlyList<Document> List(ResourceKind kind, string? ns)
    {
        if (!_byKind.TryGetValue(kind, out var objects))
            return [];
        return ns is null ? [.. objects.Values] : [.. objects.Where(o => o.Key.Namespace == ns).Select(o => o.Value)];
    }

    /// <summary>Objects of every kind in a namespace.</summary>
    public IEnumerable<Document> In(string ns) => _byKind.Values.SelectMany(objects => objects.Where(o => o.Key.Namespace == ns)).Select(o => o.Value);

    /// <summary>Objects that name this uid as an owner.</summary>
    public IEnumerable<Document> DependentsOf(string uid)
        => _dependents.GetValueOrDefault(uid, []).Select(Get).OfType<Document>();

    /// <summary>Whether the owner lives: in the namespace of its dependent or at cluster scope, and still the same object by uid.</summary>
    public bool HasOwner(Document dependent, OwnerReference owner)
        => owner is { ApiVersion: { } apiVersion, Kind: { } kindName, Name: { } name, Uid: { } uid }
           && Kinds.Find(apiVersion, kindName) is { } kind
           && Get(kind.Key(dependent.Metadata.Namespace, name))?.Metadata.Uid == uid;

    public StoreSnapshot Apply(Change change)
    {
        var next = change.Type == ChangeType.Deleted ? Without(change.Document.Key) : With(change.Document);
        return new StoreSnapshot(change.Version, next._byKind, next._dependents);
    }

    private StoreSnapshot With(Document document)
    {
        var without = Without(document.Key);
        var objects = without._byKind.GetValueOrDefault(document.Kind) ?? ImmutableSortedDictionary.Create<(string, string), Document>(ByOrdinal.Instance);
        var dependents = without._dependents;
        foreach (string uid in OwnersOf(document))
            dependents = dependents.SetItem(uid, dependents.GetValueOrDefault(uid, []).Add(document.Key));
        return new StoreSnapshot(
            Version, without._byKind.SetItem(document.Kind, objects.SetItem((document.Key.Namespace, document.Key.Name), document)), dependents);
    }

    private StoreSnapshot Without(ResourceKey key)
    {
        if (Get(key) is not { } document)
            return this;
        var dependents = _dependents;
        foreach (string uid in OwnersOf(document))
        {
            var left = dependents[uid].Remove(key);
            dependents = left.IsEmpty ? dependents.Remove(uid) : dependents.SetItem(uid, left);
        }
        return new StoreSnapshot(Version, _byKind.SetItem(key.Kind, _byKind[key.Kind].Remove((key.Namespace, key.Name))), dependents);
    }

    private static IEnumerable<string> OwnersOf(Document document)
        => (document.Metadata.OwnerReferences ?? []).Select(o => o.Uid).OfType<string>().Distinct();

    private sealed class ByOrdinal : IComparer<(string Namespace, string Name)>
    {
        public static ByOrdinal Instance { get; } = new();

        public int Compare((string Namespace, string Name) x, (string Namespace, string Name) y)
            => string.CompareOrdinal(x.Namespace, y.Namespace) is var byNamespace and not 0 ? byNamespace : string.CompareOrdinal(x.Name, y.Name);
    }
}

public enum ChangeType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One step from a version to the next.</summary>
/// <param name="Document">The new state; of a deleted object the last one, carrying <paramref name="Version"/>.</param>
public sealed record Change(long Version, ChangeType Type, Document Document)
{
    /// <summary>The state before it, so that a watch of some objects sees which of them leave its selection. Null: none, or no longer known.</summary>
    public Document? Before { get; init; }
}
