using Orrery.Resources.Schema;

namespace Orrery.Resources;

/// <summary>What every status says at least.</summary>
public record ObservedStatus
{
    /// <summary>Generation of the spec that this is about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Aspects, each with reason and message.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
