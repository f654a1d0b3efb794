using Orrery.Resources;

namespace Orrery.Control.Residency;

/// <summary>A service as the plan of memory sees it.</summary>
public sealed record Tenant(ResourceKey Service)
{
    /// <summary>Replicas that scaling wants.</summary>
    public int Wanted { get; init; }

    /// <summary>Of these, so many for as long as a change of the service takes; those that serve come first.</summary>
    public int Extra { get; init; }

    /// <summary>Of these, so many without any demand.</summary>
    public int Least { get; init; }

    /// <summary>Replicas that take memory now, those included that are being stopped.</summary>
    public int Running { get; init; }

    /// <summary>By the decision before; null: there was none.</summary>
    public int? Granted { get; init; }

    /// <summary>Bytes of one replica as it was measured. Goes before what was foreseen.</summary>
    public long? MeasuredBytes { get; init; }

    /// <summary>Bytes of one replica by its fit: weights, keys and values, overhead. Null where both are: nobody knows, and it counts as nothing.</summary>
    public long? ForeseenBytes { get; init; }

    /// <summary>Bytes of its other parts (decoder, router), which are there whenever a replica is.</summary>
    public long BesideBytes { get; init; }

    /// <summary>Requests that wait or that a replica works on.</summary>
    public int Requests { get; init; }

    /// <summary>Since when it wants a replica that it has not got.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Last arrival or end of a request.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>Since when it has been in memory, or was the last time.</summary>
    public DateTimeOffset? ResidentSince { get; init; }

    public int Priority { get; init; }

    /// <summary>Its replicas are never stopped for another's.</summary>
    public bool Pinned { get; init; }

    /// <summary>How often a later one was granted memory since it waits; by the decision before.</summary>
    public int Overtaken { get; init; }

    /// <summary>For whom it was evicted; by the decision before.</summary>
    public ResourceKey? EvictedFor { get; init; }
}

/// <summary>Bounds of the plan of memory.</summary>
public sealed record ResidencyOptions
{
    public static ResidencyOptions Default { get; } = new();

    /// <summary>So long a service stays in memory before it is evicted, so that loading is not all that is done.</summary>
    public TimeSpan MinResidence { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>So long the first in line lets later ones by that need less; then nobody is granted memory until it was.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>So often it does at most.</summary>
    public int MaxOvertakings { get; init; } = 8;
}

/// <summary>What the plan says to every service.</summary>
/// <param name="LookAgain">When waiting alone may have changed it for those that wait; null: it cannot.</param>
public sealed record ResidencyDecision(IReadOnlyDictionary<ResourceKey, Grant> Grants, TimeSpan? LookAgain);

/// <summary>What one service may have in memory.</summary>
/// <param name="Message">For people. Without figures that change while nothing is decided.</param>
/// <param name="MissingBytes">Of those that wait: what is missing for the next replica.</param>
public sealed record Grant(int Replicas, GrantOutcome Outcome, string Message, long? MissingBytes = null, int Overtaken = 0, ResourceKey? EvictedFor = null);

public enum GrantOutcome
{
    /// <summary>As many as it wants; also where it wants none.</summary>
    Granted,

    /// <summary>Some, and fewer than it wants.</summary>
    Fewer,

    /// <summary>It waits until others have made room.</summary>
    WaitingForMemory,

    /// <summary>It was stopped for another, and no request waits for it. The next one brings it back.</summary>
    Evicted,

    /// <summary>One replica is larger than the whole budget.</summary>
    TooLarge,

    /// <summary>All that it wants, though those that serve have grown above the budget. None is stopped for that while it serves.</summary>
    OverBudget,
}
