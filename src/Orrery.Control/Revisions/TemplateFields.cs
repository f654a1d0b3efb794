using System.Text.Json.Nodes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Revisions;

/// <summary>
/// Divides a service's spec into what its replicas run, which history keeps and <c>rollout undo</c> brings back, and how many of them run when, which is the
/// present owner's to say and which no undo touches. Pure.
/// </summary>
public static class TemplateFields
{
    // A field that is new belongs to the template unless it stands here.
    private static readonly string[] OfService = ["priority", "pinned", "paused", "revisionHistoryLimit", "kedaConfig"];

    private static readonly string[] OfComponent =
    [
        "minReplicas", "maxReplicas", "scaleTarget", "scaleMetric", "scaleToZeroAfterSeconds", "scaleDownStabilizationSeconds", "scaleUpStabilizationSeconds", "schedules",
        "containerConcurrency", "timeoutSeconds", "canaryTrafficPercent", "canary", "minAvailable", "maxUnavailable", "deploymentStrategy", "kedaConfig",
    ];

    private static readonly string[] Components = [ServingNames.EngineComponent, ServingNames.DecoderComponent, ServingNames.RouterComponent];

    /// <summary>What replicas run, of a spec.</summary>
    public static JsonObject Of(JsonObject spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var template = Without(spec, OfService);
        foreach (string component in Components)
        {
            if (template[component] is JsonObject fields)
                template[component] = Without(fields, OfComponent);
        }
        return template;
    }

    /// <summary>The spec with its template replaced by an earlier one.</summary>
    public static JsonObject Restored(JsonObject spec, JsonObject template)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(template);
        var restored = template.DeepClone().AsObject();
        Keep(spec, restored, OfService);
        foreach (string component in Components)
        {
            // A component that the earlier revision did not have goes with its numbers.
            if (spec[component] is JsonObject now && restored[component] is JsonObject then)
                Keep(now, then, OfComponent);
        }
        return restored;
    }

    private static JsonObject Without(JsonObject fields, string[] names)
        => new(fields.Where(f => !names.Contains(f.Key)).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));

    private static void Keep(JsonObject from, JsonObject into, string[] names)
    {
        foreach (string name in names)
        {
            into.Remove(name);
            if (from.TryGetPropertyValue(name, out var value))
                into[name] = value?.DeepClone();
        }
    }
}
