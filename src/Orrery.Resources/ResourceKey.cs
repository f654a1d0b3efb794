namespace Orrery.Resources;

/// <summary>Names one object of one kind. Reconcilers get nothing else.</summary>
/// <param name="Namespace">Empty for kinds of cluster scope.</param>
public sealed record ResourceKey(ResourceKind Kind, string Namespace, string Name)
{
    /// <summary><c>inferenceservices/default/stories</c>, or <c>clusterbasemodels/stories</c>.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind.Plural}/{Name}" : $"{Kind.Plural}/{Namespace}/{Name}";
}
