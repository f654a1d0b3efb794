using System.Collections.Frozen;

namespace Orrery.Resources.Apply;

/// <summary>
/// An immutable set of fields, as a tree by path elements. A path may be in the set without what is below it, and the other way round.
/// Elements are written as in Kubernetes' FieldsV1: <c>f:name</c>, <c>k:{"name":"web"}</c>, <c>v:"value"</c>.
/// </summary>
public sealed class FieldSet
{
    private static readonly FrozenDictionary<string, FieldSet> None = FrozenDictionary<string, FieldSet>.Empty;

    private FieldSet(bool isMember, IReadOnlyDictionary<string, FieldSet> children)
    {
        IsMember = isMember;
        Children = children;
    }

    public static FieldSet Empty { get; } = new(false, None);

    /// <summary>This path and nothing below it.</summary>
    public static FieldSet Leaf { get; } = new(true, None);

    /// <summary>True: the path that leads here is in the set.</summary>
    public bool IsMember { get; }

    /// <summary>What is below, by path element; never an empty one.</summary>
    public IReadOnlyDictionary<string, FieldSet> Children { get; }

    public bool IsEmpty => !IsMember && Children.Count == 0;

    public FieldSet this[string element] => Children.TryGetValue(element, out var child) ? child : Empty;

    public static FieldSet Of(bool isMember, IEnumerable<KeyValuePair<string, FieldSet>> children)
    {
        var kept = new SortedDictionary<string, FieldSet>(StringComparer.Ordinal);
        foreach (var (element, child) in children)
        {
            if (!child.IsEmpty)
                kept[element] = child;
        }
        return kept.Count > 0 ? new FieldSet(isMember, kept) : isMember ? Leaf : Empty;
    }

    /// <summary>One path.</summary>
    public static FieldSet At(params ReadOnlySpan<string> path)
        => path.IsEmpty ? Leaf : Of(false, [KeyValuePair.Create(path[0], At(path[1..]))]);

    public FieldSet Union(FieldSet other)
    {
        if (IsEmpty || other.IsEmpty)
            return IsEmpty ? other : this;
        return Of(IsMember || other.IsMember, Children.Keys.Union(other.Children.Keys).Select(e => KeyValuePair.Create(e, this[e].Union(other[e]))));
    }

    public FieldSet Intersect(FieldSet other)
        => Of(IsMember && other.IsMember, Children.Where(c => other.Children.ContainsKey(c.Key)).Select(c => KeyValuePair.Create(c.Key, c.Value.Intersect(other[c.Key]))));

    /// <summary>Without the other's members; what is below one of them stays.</summary>
    public FieldSet Except(FieldSet other)
        => other.IsEmpty ? this : Of(IsMember && !other.IsMember, Children.Select(c => KeyValuePair.Create(c.Key, c.Value.Except(other[c.Key]))));

    /// <summary>Without the other's members and all that is below them.</summary>
    public FieldSet Without(FieldSet other)
        => other.IsMember ? Empty : Of(IsMember, Children.Select(c => KeyValuePair.Create(c.Key, c.Value.Without(other[c.Key]))));

    public bool SameAs(FieldSet other)
        => IsMember == other.IsMember && Children.Count == other.Children.Count && Children.All(c => c.Value.SameAs(other[c.Key]));

    /// <summary>Every member's path, as a list of elements.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    private IEnumerable<IReadOnlyList<string>> Paths(IReadOnlyList<string> here)
    {
        if (IsMember)
            yield return here;
        foreach (var (element, child) in Children)
        {
            foreach (var path in child.Paths([.. here, element]))
                yield return path;
        }
    }
}
