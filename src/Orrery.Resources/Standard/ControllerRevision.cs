using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Standard;

/// <summary>Kubernetes apps/v1 ControllerRevision: what an object was at one revision. Its data never changes.</summary>
public sealed record ControllerRevision : Resource, IResource<ControllerRevision>
{
    /// <summary>What its owner was, in the owner's own form.</summary>
    [RawObject]
    public JsonElement? Data { get; init; }

    /// <summary>Later ones are higher.</summary>
    [Required]
    public long? Revision { get; init; }

    public static JsonTypeInfo<ControllerRevision> View => ResourceJson.Default.ControllerRevision;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "apps",
        Version = "v1",
        Name = "ControllerRevision",
        Plural = "controllerrevisions",
        Namespaced = true,
        HasGeneration = false,
        Columns =
        [
            new("Controller", "string", ".metadata.ownerReferences[0].name", "Whose revision it is."),
            new("Revision", "integer", ".revision", "Later ones are higher."),
        ],
        View = ResourceJson.Default.ControllerRevision,
        Problems = document => Shape.Problems<ControllerRevision>(document),
        ChangeProblems = (before, after) => before.As<ControllerRevision>().Data is { } was && after.As<ControllerRevision>().Data is { } now && JsonElement.DeepEquals(was, now)
            ? [] : ["data: field is immutable; delete the revision instead"],
    };
}
