namespace Orrery.Resources.Schema;

/// <summary>
/// The list's items have owners of their own and are told apart by these fields (<c>x-kubernetes-list-type: map</c>). Without it, and without
/// <see cref="ListSetAttribute"/>, a list has one owner and is replaced whole. Strategic merge patches merge by the first key.
/// </summary>
/// <param name="keys">JSON names of fields of the items, camelCase.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary>The list holds each scalar once, and each has owners of its own (<c>x-kubernetes-list-type: set</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListSetAttribute : Attribute;

/// <summary>The object or map has one owner and is replaced whole (<c>x-kubernetes-map-type: atomic</c>). Without it every field has its own.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class AtomicMapAttribute : Attribute;
