using System.Text.Json;
using System.Text.Json.Nodes;
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

    // Its name is a part of others' names, so it holds no dots.
    public override IEnumerable<string> Problems()
        => Metadata.Name is { } name && (name.Length > 63 || name.Contains('.', StringComparison.Ordinal))
            ? [$"metadata.name: '{name}' must be lower-case letters, digits and '-', at most 63 long"]
            : [];

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
        HasGeneration = false,
        SelectableFields = ["status.phase"],
        Columns = [new("Status", "string", "", "Active, or Terminating while what is in it goes.") { Cell = json => FieldPath.Text(json, ".status.phase") is { Length: > 0 } phase ? phase : "Active" }],
        View = ResourceJson.Default.Namespace,
        InitialStatus = () => new JsonObject { ["phase"] = "Active" },
        Problems = document => Shape.Problems<Namespace>(document),
    };
}

public sealed record NamespaceStatus
{
    /// <summary><c>Active</c> or <c>Terminating</c>.</summary>
    public string? Phase { get; init; }
}
