namespace Orrery.Engine.Constraints.Automaton;

/// <summary>
/// All places where the text so far may be, as one state of a deterministic machine whose steps are found as they are asked for.
/// What has been found is only ever forgotten, never changed, so a sequence is no more than a reference to its state.
/// </summary>
/// <param name="isComplete">The text may end here.</param>
/// <param name="leastTokens">To a possible end; <see cref="ShortestWays.None"/> inside of a token that must be taken whole.</param>
internal sealed class MachineState(Place[] places, bool isComplete, long leastTokens, int classes)
{
    public Place[] Places { get; } = places;

    public bool IsComplete { get; } = isComplete;

    public long LeastTokens { get; } = leastTokens;

    /// <summary>[byte classes]: null where not asked for yet.</summary>
    public MachineState?[] Next { get; } = new MachineState?[classes];

    /// <summary>Of the machine's keeping: a state of an older one has nothing in <see cref="Next"/>.</summary>
    public int Generation { get; set; }

    public TokenMask? Mask { get; set; }

    public bool IsDead => Places.Length == 0 && !IsComplete;
}

/// <summary>Which tokens may come in a state when there is room enough.</summary>
/// <param name="Bits">[(vocabulary + 63) / 64].</param>
/// <param name="MostTokens">The largest of the shortest ways to an end behind any of them.</param>
internal sealed record TokenMask(ulong[] Bits, long MostTokens);
