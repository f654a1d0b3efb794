using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Resources.Text;
using Orrery.Resources;
using Orrery.Resources.Schema;

namespace Orrery.Api.Objects;

/// <summary>An object as <c>autoscaling/v1 Scale</c>: the same few fields for every kind that has replicas.</summary>
internal static class ScaleView
{
    public const string Group = "autoscaling";
    public const string Version = "v1";
    public const string Kind = "Scale";
    public const string ApiVersion = $"{Group}/{Version}";

    public static JsonObject Of(Document document)
    {
        var paths = document.Kind.Scale!;
        var json = document.ToJson();
        var metadata = new JsonObject();
        foreach (string field in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (json["metadata"]![field] is { } value)
                metadata[field] = value.DeepClone();
        }
        return new JsonObject
        {
            ["kind"] = Kind,
            ["apiVersion"] = ApiVersion,
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = Number(json, paths.SpecReplicas) ?? paths.Unset },
            ["status"] = new JsonObject { ["replicas"] = Number(json, paths.StatusReplicas) ?? 0 },
        };
    }

    /// <summary>The merge patch of the object that this scale asks for.</summary>
    /// <returns>The patch, or what is wrong with the scale: lines that start with a field's path.</returns>
    public static (JsonObject? Patch, IReadOnlyList<string> Problems) PatchOf(JsonObject scale, ScalePaths paths)
    {
        // As in Kubernetes, a number that is left out is 0.
        var asked = scale["spec"] is JsonObject spec ? spec["replicas"] ?? JsonValue.Create(0) : JsonValue.Create(0);
        if (asked is not JsonValue value || !value.TryGetValue(out int replicas) || replicas < 0)
            return (null, [$"spec.replicas: {Excerpt.Of(asked.ToJsonString())} must be a whole number, 0 or more"]);

        JsonNode patch = JsonValue.Create(replicas);
        foreach (string name in paths.SpecReplicas.Split('.', StringSplitOptions.RemoveEmptyEntries).Reverse())
            patch = new JsonObject { [name] = patch };
        if (scale["metadata"] is JsonObject metadata && metadata["resourceVersion"] is { } version)
            patch["metadata"] = new JsonObject { ["resourceVersion"] = version.DeepClone() };
        return (patch.AsObject(), []);
    }

    private static int? Number(JsonObject json, string path)
        => FieldPath.Select(json, path) is [JsonValue value] && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number) ? number : null;
}
