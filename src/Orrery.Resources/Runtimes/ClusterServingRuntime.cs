using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Runtimes;

/// <summary>A way to run models, for services of every namespace.</summary>
public sealed record ClusterServingRuntime : Resource, IResource<ClusterServingRuntime>
{
    /// <summary>What is asked for.</summary>
    public RuntimeSpec Spec { get; init => field = value ?? new(); } = new();

    public override IEnumerable<string> Problems() => Spec.Problems();

    public static JsonTypeInfo<ClusterServingRuntime> View => ResourceJson.Default.ClusterServingRuntime;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "ClusterServingRuntime",
        Plural = "clusterservingruntimes",
        ShortNames = ["csrt"],
        Categories = ["runtimes"],
        Namespaced = false,
        Columns = RuntimeColumns.All,
        View = ResourceJson.Default.ClusterServingRuntime,
        Problems = document => Shape.Problems<ClusterServingRuntime>(document),
    };
}
