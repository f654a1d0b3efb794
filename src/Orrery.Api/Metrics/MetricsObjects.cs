using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Standard;

namespace Orrery.Api.Metrics;

/// <summary>Use in the shapes of <c>metrics.k8s.io/v1beta1</c>: NodeMetrics, PodMetrics, and both as rows to print. Pure.</summary>
internal static class MetricsObjects
{
    /// <summary>Null: nothing of the pod was measured.</summary>
    public static JsonObject? OfPod(Document pod, UsageReport report)
    {
        if (!report.Replicas.TryGetValue((pod.Metadata.Namespace ?? "", pod.Metadata.Name ?? ""), out var use))
            return null;
        // A replica is one process and one container.
        string container = pod.As<Pod>().Spec?.Containers is [var only, ..] ? only.Name ?? "" : "";
        var json = Head("PodMetrics", pod.Metadata, report);
        json["containers"] = new JsonArray(new JsonObject { ["name"] = container, ["usage"] = Usage(use) });
        return json;
    }

    /// <inheritdoc cref="OfPod"/>
    public static JsonObject? OfNode(Document node, UsageReport report)
    {
        if (report.Machine is not { } machine || machine.Node != node.Metadata.Name)
            return null;
        var json = Head("NodeMetrics", node.Metadata, report);
        json["usage"] = Usage(machine.Use);
        return json;
    }

    /// <param name="kind"><c>PodMetricsList</c> or <c>NodeMetricsList</c>.</param>
    public static JsonObject List(string kind, IEnumerable<JsonObject> items) => new()
    {
        ["kind"] = kind,
        ["apiVersion"] = MetricsKind.ApiVersion,
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. items]),
    };

    /// <summary>A <c>meta.k8s.io/v1 Table</c> of what the two others give.</summary>
    public static JsonObject Table(IEnumerable<JsonObject> items) => new()
    {
        ["kind"] = "Table",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = new JsonObject(),
        ["columnDefinitions"] = new JsonArray([Column("Name", "Name of the pod or node.", "name"), Column("cpu", "Processors, on average over the window."), Column("memory", "Resident."), Column("Window", "Of time.")]),
        ["rows"] = new JsonArray([.. items.Select(Row)]),
    };

    /// <summary>Processors in billionths, as the metrics server counts them.</summary>
    internal static JsonObject Usage(Use use) => new()
    {
        ["cpu"] = string.Create(CultureInfo.InvariantCulture, $"{Math.Round(use.Processors * 1e9):0}n"),
        ["memory"] = string.Create(CultureInfo.InvariantCulture, $"{use.MemoryBytes / 1024}Ki"),
    };

    private static JsonObject Head(string kind, Metadata of, UsageReport report)
    {
        string at = report.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var metadata = new JsonObject { ["name"] = of.Name };
        if (of.Namespace is not null)
            metadata["namespace"] = of.Namespace;
        metadata["creationTimestamp"] = at;
        if (of.Labels is { Count: > 0 } labels)
            metadata["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)));
        return new JsonObject
        {
            ["kind"] = kind,
            ["apiVersion"] = MetricsKind.ApiVersion,
            ["metadata"] = metadata,
            ["timestamp"] = at,
            // A duration as Go reads it.
            ["window"] = string.Create(CultureInfo.InvariantCulture, $"{report.Window.TotalSeconds:0.###}s"),
        };
    }

    private static JsonObject Column(string name, string description, string format = "")
        => new() { ["name"] = name, ["type"] = "string", ["format"] = format, ["description"] = description, ["priority"] = 0 };

    private static JsonObject Row(JsonObject item)
    {
        var usage = (item["usage"] ?? item["containers"]![0]!["usage"])!;
        return new JsonObject
        {
            ["cells"] = new JsonArray($"{item["metadata"]!["name"]}", $"{usage["cpu"]}", $"{usage["memory"]}", $"{item["window"]}"),
            ["object"] = new JsonObject { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = item["metadata"]!.DeepClone() },
        };
    }
}
