using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Standard;

/// <summary>Kubernetes core/v1 ConfigMap: settings that are no secret. At most 1 MiB in all.</summary>
public sealed record ConfigMap : Resource, IResource<ConfigMap>
{
    /// <summary>Values that are text.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>Values in base64. No key stands in both maps.</summary>
    public IReadOnlyDictionary<string, string>? BinaryData { get; init; }

    /// <summary>True: values never change again.</summary>
    public bool? Immutable { get; init; }

    public override IEnumerable<string> Problems()
    {
        foreach (string key in (Data?.Keys ?? []).Where(k => BinaryData?.ContainsKey(k) == true))
            yield return $"data[{key}]: stands in binaryData too; a key may stand in one of them";
        foreach (string problem in DataMaps.KeyProblems("data", Data)
            .Concat(DataMaps.KeyProblems("binaryData", BinaryData))
            .Concat(DataMaps.Base64Problems("binaryData", BinaryData, "data"))
            .Concat(DataMaps.SizeProblems("data", Data, BinaryData)))
            yield return problem;
    }

    public static JsonTypeInfo<ConfigMap> View => ResourceJson.Default.ConfigMap;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "ConfigMap",
        Plural = "configmaps",
        ShortNames = ["cm"],
        Namespaced = true,
        Columns = [new("Data", "string", "", "How many values it holds.") { Cell = json => DataMaps.Count(json, "data", "binaryData") }],
        HasGeneration = false,
        View = ResourceJson.Default.ConfigMap,
        Problems = document => Shape.Problems<ConfigMap>(document),
        ChangeProblems = (before, after) => DataMaps.ChangeProblems(before, after, "data", "binaryData"),
    };
}
