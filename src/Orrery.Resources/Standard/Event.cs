using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Standard;

/// <summary>Kubernetes core/v1 Event: something happened to an object. Repeats raise <see cref="Count"/> instead of adding objects.</summary>
public sealed record Event : Resource, IResource<Event>
{
    public ObjectReference? InvolvedObject { get; init; }

    /// <summary>One CamelCase word.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string? Type { get; init; }

    public int? Count { get; init; }

    public DateTimeOffset? FirstTimestamp { get; init; }

    public DateTimeOffset? LastTimestamp { get; init; }

    public EventSource? Source { get; init; }

    /// <summary>When it happened, for writers that count in a series; such an event has no timestamps.</summary>
    public DateTimeOffset? EventTime { get; init; }

    public EventSeries? Series { get; init; }

    /// <summary>What was done.</summary>
    public string? Action { get; init; }

    public ObjectReference? Related { get; init; }

    public string? ReportingComponent { get; init; }

    public string? ReportingInstance { get; init; }

    public override IEnumerable<string> Problems()
    {
        // One without a namespace of its own may be in any: events of the cluster are kept in `default`.
        if (InvolvedObject?.Namespace is { Length: > 0 } about && about != Metadata.Namespace)
            yield return $"involvedObject.namespace: '{about}' must be the event's own, '{Metadata.Namespace}'";
    }

    public static JsonTypeInfo<Event> View => ResourceJson.Default.Event;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Event",
        Plural = "events",
        ShortNames = ["ev"],
        Namespaced = true,
        // What `kubectl describe` and `kubectl events` ask for.
        SelectableFields =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        Printed =
        [
            new("Last Seen", "date", "", "When it happened last.") { Cell = LastSeen },
            new("Type", "string", ".type", "Normal or Warning."),
            new("Reason", "string", ".reason", "One word for programs."),
            new("Object", "string", "", "What it happened to.") { Cell = About },
            new("Subobject", "string", ".involvedObject.fieldPath", "Which part of it.") { Priority = 1 },
            new("Source", "string", ".source.component", "Who says so.") { Priority = 1 },
            new("Message", "string", ".message", "What happened."),
            new("First Seen", "date", ".firstTimestamp", "When it happened first.") { Priority = 1 },
            new("Count", "string", ".count", "How often it happened.") { Priority = 1 },
            PrinterColumn.NameColumn with { Priority = 1 },
        ],
        HasGeneration = false,
        View = ResourceJson.Default.Event,
        Problems = document => Shape.Problems<Event>(document),
    };

    private static readonly string[] Times = [".series.lastObservedTime", ".lastTimestamp", ".eventTime", ".firstTimestamp"];

    private static string LastSeen(JsonNode json)
        => Times.Select(path => FieldPath.Text(json, path)).FirstOrDefault(t => t.Length > 0) ?? "";

    private static string About(JsonNode json)
        => $"{FieldPath.Text(json, ".involvedObject.kind").ToLowerInvariant()}/{FieldPath.Text(json, ".involvedObject.name")}";
}

/// <summary>Points at an object of any kind.</summary>
public sealed record ObjectReference
{
    public string? ApiVersion { get; init; }
    public string? Kind { get; init; }
    public string? Namespace { get; init; }
    public string? Name { get; init; }
    public string? Uid { get; init; }
    public string? ResourceVersion { get; init; }
    public string? FieldPath { get; init; }
}

public sealed record EventSource
{
    public string? Component { get; init; }
    public string? Host { get; init; }
}

/// <summary>The same again and again.</summary>
public sealed record EventSeries
{
    public int? Count { get; init; }
    public DateTimeOffset? LastObservedTime { get; init; }
}
