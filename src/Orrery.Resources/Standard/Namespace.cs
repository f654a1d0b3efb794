using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Standard;

/// <summary>Kubernetes core/v1 Namespace: a place for names. Deleting it deletes what is in it.</summary>
public sealed record Namespace : Resource, IResource<Namespace>
{
    /// <summary>Where everything is before projects exist.</summary>
    public const string Default = "default";

    public JsonElement? Spec { get; init; }

    public NamespaceStatus? Status { get; init; }

    public static JsonTypeInfo<Namespace> View => ResourceJson.Default.Namespace;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Namespace",
        Plural = "namespaces",
        ShortNames = ["ns"],
        Namespaced = false,
        HasStatus = true,
        SelectableFields = ["status.phase"],
        Columns = [new("Status", "string", "", "Active, or Terminating while what is in it goes.") { Cell = json => FieldPath.Text(json, ".status.phase") is { Length: > 0 } phase ? phase : "Active" }],
        View = ResourceJson.Default.Namespace,
        Problems = document => Shape.Problems<Namespace>(document),
    };
}

public sealed record NamespaceStatus
{
    /// <summary><c>Active</c> or <c>Terminating</c>.</summary>
    public string? Phase { get; init; }
}
