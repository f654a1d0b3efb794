using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Models;

/// <summary>A model that services of every namespace may use.</summary>
public sealed record ClusterBaseModel : Resource, IResource<ClusterBaseModel>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public ModelSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ModelStatus? Status { get; init; }

    public override IEnumerable<string> Problems() => Spec.Problems();

    public static JsonTypeInfo<ClusterBaseModel> View => ResourceJson.Default.ClusterBaseModel;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "ClusterBaseModel",
        Plural = "clusterbasemodels",
        ShortNames = ["cbm"],
        Categories = ["models"],
        Namespaced = false,
        HasStatus = true,
        Columns = ModelColumns.All,
        View = ResourceJson.Default.ClusterBaseModel,
        Problems = document => Shape.Problems<ClusterBaseModel>(document),
    };
}
