using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Runtimes;

/// <summary>A way to run models, for services of one namespace.</summary>
public sealed record ServingRuntime : Resource, IResource<ServingRuntime>
{
    /// <summary>What is asked for.</summary>
    public RuntimeSpec Spec { get; init => field = value ?? new(); } = new();

    public override IEnumerable<string> Problems() => Spec.Problems();

    public static JsonTypeInfo<ServingRuntime> View => ResourceJson.Default.ServingRuntime;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "ServingRuntime",
        Plural = "servingruntimes",
        ShortNames = ["srt"],
        Categories = ["runtimes"],
        Namespaced = true,
        Columns = RuntimeColumns.All,
        View = ResourceJson.Default.ServingRuntime,
        Problems = document => Shape.Problems<ServingRuntime>(document),
    };
}
