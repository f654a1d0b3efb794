using System.Text.Json.Serialization.Metadata;
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

    public string? ReportingComponent { get; init; }

    public string? ReportingInstance { get; init; }

    public static JsonTypeInfo<Event> View => ResourceJson.Default.Event;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Event",
        Plural = "events",
        ShortNames = ["ev"],
        Namespaced = true,
        Columns =
        [
            new("Last Seen", "date", ".lastTimestamp", "When it happened last."),
            new("Type", "string", ".type", "Normal or Warning."),
            new("Reason", "string", ".reason", "One word for programs."),
            new("Object", "string", ".involvedObject.name", "What it happened to."),
            new("Message", "string", ".message", "What happened."),
        ],
        HasGeneration = false,
        View = ResourceJson.Default.Event,
        Problems = document => Shape.Problems<Event>(document),
    };
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
