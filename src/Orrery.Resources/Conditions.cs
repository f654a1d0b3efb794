namespace Orrery.Resources;

/// <summary>One observed aspect of an object, as Kubernetes writes it.</summary>
public sealed record Condition
{
    /// <summary>Which aspect; each stands in a list once.</summary>
    public required string Type { get; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public required string Status { get; init; }

    /// <summary>One CamelCase word for programs.</summary>
    public required string Reason { get; init; }

    /// <summary>For people: what is so, with names and values, and what to do next.</summary>
    public string Message { get; init; } = "";

    /// <summary>When the status last changed.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>Generation of the spec that this is about.</summary>
    public long? ObservedGeneration { get; init; }
}

/// <summary>Lists of conditions, at most one per type.</summary>
public static class Conditions
{
    public const string Ready = "Ready";

    public static Condition? Find(this IReadOnlyList<Condition>? conditions, string type)
        => conditions?.FirstOrDefault(c => c.Type == type);

    public static bool IsTrue(this IReadOnlyList<Condition>? conditions, string type) => conditions.Find(type)?.Status == "True";

    public static Condition True(string type, string reason, string message = "")
        => new() { Type = type, Status = "True", Reason = reason, Message = message };

    public static Condition False(string type, string reason, string message)
        => new() { Type = type, Status = "False", Reason = reason, Message = message };

    public static Condition Unknown(string type, string reason, string message)
        => new() { Type = type, Status = "Unknown", Reason = reason, Message = message };

    /// <summary>The wanted conditions with transition times: kept from <paramref name="before"/> where the status did not change, else <paramref name="now"/>.</summary>
    public static IReadOnlyList<Condition> Stamp(
        IReadOnlyList<Condition>? before, IEnumerable<Condition> wanted, long? generation, DateTimeOffset now)
        => [.. wanted.Select(c => c with
        {
            ObservedGeneration = generation,
            LastTransitionTime = before.Find(c.Type) is { } was && was.Status == c.Status ? was.LastTransitionTime : now,
        })];
}
