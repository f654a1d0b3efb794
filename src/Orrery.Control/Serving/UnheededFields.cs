using System.Text.Json.Nodes;
using Orrery.Resources;

namespace Orrery.Control.Serving;

/// <summary>Fields of a service's spec that are valid and that nothing acts on yet. Saying so is better than silence. Pure.</summary>
internal static class UnheededFields
{
    private static readonly string[] Spec = ["model", "runtime", "engine", "decoder", "router", "acceleratorSelector", "external", "paused", "restartedAt", "priority", "pinned"];
    private static readonly string[] Runtime = ["name", "kind", "apiGroup"];

    private static readonly string[] Component =
    [
        "minReplicas", "maxReplicas", "scaleMetric", "scaleTarget", "scaleToZeroAfterSeconds", "scaleDownStabilizationSeconds", "scaleUpStabilizationSeconds", "schedules",
        "process", "terminationGracePeriodSeconds", "acceleratorOverride", "deploymentStrategy", "runner", "leader", "worker", "config", "resources",
    ];

    private static readonly string[] Container =
        ["name", "image", "imagePullPolicy", "command", "args", "workingDir", "ports", "env", "resources", "readinessProbe", "livenessProbe", "startupProbe"];

    private static readonly string[] Group = ["size"];

    /// <summary>Paths in document order.</summary>
    public static IReadOnlyList<string> Of(Document service)
    {
        var spec = service.ToJson()["spec"] as JsonObject ?? [];
        return
        [
            .. Others(spec, Spec, "spec"),
            .. Others(spec["runtime"] as JsonObject, Runtime, "spec.runtime"),
            .. OfComponent(spec["engine"] as JsonObject, "spec.engine"),
            .. OfComponent(spec["decoder"] as JsonObject, "spec.decoder"),
            .. OfComponent(spec["router"] as JsonObject, "spec.router"),
        ];
    }

    private static IEnumerable<string> OfComponent(JsonObject? component, string path)
    {
        if (component is null)
            return [];
        return
        [
            .. component.Where(f => !Component.Contains(f.Key)).Select(f => $"{path}.{f.Key}"),
            .. Others(component["runner"] as JsonObject, Container, $"{path}.runner"),
            .. Others(component["leader"] as JsonObject, ["runner"], $"{path}.leader"),
            .. Others(component["worker"] as JsonObject, Group, $"{path}.worker"),
        ];
    }

    private static IEnumerable<string> Others(JsonObject? fields, string[] heeded, string path)
        => (fields ?? []).Where(f => !heeded.Contains(f.Key)).Select(f => $"{path}.{f.Key}");
}
