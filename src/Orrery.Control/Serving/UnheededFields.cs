using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Control.Serving.Components;
using Orrery.Resources;
using Orrery.Resources.Runtimes;

namespace Orrery.Control.Serving;

/// <summary>Fields of a service's spec that are valid and that nothing acts on yet. Saying so is better than silence. Pure.</summary>
internal static class UnheededFields
{
    private static readonly string[] Spec =
        ["model", "runtime", "engine", "decoder", "router", "acceleratorSelector", "external", "paused", "restartedAt", "revisionHistoryLimit", "priority", "pinned"];

    private static readonly string[] Runtime = ["name", "kind", "apiGroup", "revision"];

    private static readonly string[] Component =
    [
        "minReplicas", "maxReplicas", "scaleMetric", "scaleTarget", "scaleToZeroAfterSeconds", "scaleDownStabilizationSeconds", "scaleUpStabilizationSeconds", "schedules",
        "process", "terminationGracePeriodSeconds", "acceleratorOverride", "deploymentStrategy", "runner", "leader", "worker", "config", "resources",
    ];

    // KServe's queue before each replica holds requests back by it; here the engine does, by its own bounds.
    private const string Concurrency = "containerConcurrency";

    private static readonly string[] Container =
        ["name", "image", "imagePullPolicy", "command", "args", "workingDir", "ports", "env", "resources", "readinessProbe", "livenessProbe", "startupProbe"];

    private static readonly string[] Group = ["size"];

    private static readonly string[] InlineRuntime =
    [
        "inheritsFrom", "supportedModelFormats", "modelCapabilities", "modelSizeRange", "disabled", "protocolVersions", "acceleratorRequirements", "process", "engineConfig", "decoderConfig",
        "routerConfig", "containers",
    ];

    /// <summary>Paths in document order.</summary>
    public static IReadOnlyList<string> Of(Document service)
    {
        var spec = service.ToJson()["spec"] as JsonObject ?? [];
        return
        [
            .. Others(spec, Spec, "spec"),
            .. Others(spec["runtime"] as JsonObject, Runtime, "spec.runtime"),
            .. OfComponent(spec["engine"] as JsonObject, "spec.engine").Where(path => !IsCanary(path) || spec["decoder"] is not null || spec["router"] is not null),
            .. OfComponent(spec["decoder"] as JsonObject, "spec.decoder"),
            .. OfComponent(spec["router"] as JsonObject, "spec.router"),
        ];
    }

    /// <summary>Those of a runtime that would be a pod's, where a component runs as its container. A process takes nothing of a pod.</summary>
    public static IReadOnlyList<string> Of(RuntimeSpec runtime, ComponentRole role)
    {
        if (role.Offered(runtime) is { } offered && (offered.Runner ?? offered.Leader?.Runner) is not null)
            return [.. OfComponent(JsonSerializer.SerializeToNode(offered, ResourceJson.Default.ComponentSpec) as JsonObject, $"spec.{role.Name}Config")];
        if (role != ComponentRole.Engine || runtime.Containers is not { Count: > 0 } containers)
            return [];
        var fields = JsonSerializer.SerializeToNode(runtime, ResourceJson.Default.RuntimeSpec) as JsonObject;
        int serves = ComponentForm.ServingIndex(containers);
        return
        [
            .. Others(fields, InlineRuntime, "spec"),
            .. Others(fields?["containers"]?[serves] as JsonObject, Container, $"spec.containers[{serves}]"),
            .. containers.Select((_, i) => $"spec.containers[{i}]").Where((_, i) => i != serves),
        ];
    }

    // Requests to an engine with a router before it, or a decoder behind it, cannot be divided.
    private static bool IsCanary(string path) => path is "spec.engine.canaryTrafficPercent" or "spec.engine.canary";

    private static IEnumerable<string> OfComponent(JsonObject? component, string path)
    {
        if (component is null)
            return [];
        return
        [
            .. component.Where(f => !Component.Contains(f.Key)).Select(f => f.Key == Concurrency ? $"{path}.{f.Key} as a limit (scaling aims at it)" : $"{path}.{f.Key}"),
            .. Others(component["runner"] as JsonObject, Container, $"{path}.runner"),
            .. Others(component["leader"] as JsonObject, ["runner"], $"{path}.leader"),
            .. Others(component["worker"] as JsonObject, Group, $"{path}.worker"),
        ];
    }

    private static IEnumerable<string> Others(JsonObject? fields, string[] heeded, string path)
        => (fields ?? []).Where(f => !heeded.Contains(f.Key)).Select(f => $"{path}.{f.Key}");
}
