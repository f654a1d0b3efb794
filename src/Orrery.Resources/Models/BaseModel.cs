using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Models;

/// <summary>A model that services of one namespace may use.</summary>
public sealed record BaseModel : Resource, IResource<BaseModel>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public ModelSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ModelStatus? Status { get; init; }

    public override IEnumerable<string> Problems() => Spec.Problems();

    public static JsonTypeInfo<BaseModel> View => ResourceJson.Default.BaseModel;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "BaseModel",
        Plural = "basemodels",
        ShortNames = ["bm"],
        Categories = ["models"],
        Namespaced = true,
        HasStatus = true,
        Columns = ModelColumns.All,
        View = ResourceJson.Default.BaseModel,
        Problems = document => Shape.Problems<BaseModel>(document),
    };
}
