using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Standard;

/// <summary>Kubernetes apiextensions.k8s.io/v1 CustomResourceDefinition: what a kind is. Here they are made from <see cref="Kinds"/> and only read.</summary>
public sealed record CustomResourceDefinition : Resource, IResource<CustomResourceDefinition>
{
    /// <summary>Names, scope, versions and schema of the kind.</summary>
    [RawObject]
    public JsonElement? Spec { get; init; }

    /// <summary>Whether the kind is served.</summary>
    [RawObject]
    public JsonElement? Status { get; init; }

    public static JsonTypeInfo<CustomResourceDefinition> View => ResourceJson.Default.CustomResourceDefinition;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "apiextensions.k8s.io",
        Version = "v1",
        Name = "CustomResourceDefinition",
        Plural = "customresourcedefinitions",
        ShortNames = ["crd", "crds"],
        Namespaced = false,
        ReadOnly = true,
        View = ResourceJson.Default.CustomResourceDefinition,
        Problems = _ => ["kind: the kinds are those of this program: their definitions are made from it and cannot be written"],
    };
}
