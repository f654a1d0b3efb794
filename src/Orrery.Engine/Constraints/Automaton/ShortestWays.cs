namespace Orrery.Engine.Constraints.Automaton;

/// <summary>
/// The fewest tokens (or bytes) from each state to the end of its rule: what must be kept in hand so that a text can be finished.
/// A step is one byte that is a token by itself, or a token along fixed text. Every step counted here can really be taken, so in a
/// state of cost k there is always one that leads to cost k - 1. Tokens that cross into other rules may be shorter still.
/// </summary>
internal static class ShortestWays
{
    /// <summary>No way leads to the end. Far from overflow when some are added.</summary>
    public const long None = 1L << 48;

    /// <param name="isToken">By byte: can be written by itself.</param>
    /// <param name="tokens">Longer tokens; null for none.</param>
    public static long[] Of(Grammar grammar, Func<byte, bool> isToken, TokenTrie? tokens)
    {
        bool[] takeable = [.. grammar.Sets.Select(set => Enumerable.Range(0, 256).Any(b => set.Contains((byte)b) && isToken((byte)b)))];
        var jumps = tokens is null ? null : FixedTextJumps.Of(grammar, tokens);
        return LeastValues.Of(
            grammar, None, (s, costs) => Math.Min(Cost(grammar, costs, takeable, s), jumps is null ? None : OverJumps(jumps.From(s), costs)), jumps);
    }

    /// <summary>What is left of a loop after so many rounds, and of its rule after it.</summary>
    public static long OfLoop(Loop loop, int count, long[] costs)
        => Math.Min(None, (Math.Max(0L, loop.Least - count) * Math.Min(costs[loop.Body], None / int.MaxValue)) + costs[loop.Exit]);

    private static long OverJumps(IReadOnlyList<int> jumps, long[] costs)
    {
        long least = None;
        foreach (int to in jumps)
            least = Math.Min(least, 1 + costs[to]);
        return least;
    }

    private static long Cost(Grammar grammar, long[] costs, bool[] takeable, int s)
    {
        var state = grammar.States[s];
        switch (state.Kind)
        {
            case StateKind.Return:
                return 0;
            case StateKind.Call:
                return Math.Min(None, costs[grammar.Rules[state.A].Start] + costs[state.B]);
            case StateKind.Loop:
                var loop = grammar.Loops[state.A];
                return loop.Least > 0 && costs[loop.Body] >= None ? None : OfLoop(loop, 0, costs);
            default:
                long least = None;
                for (int e = state.FirstEdge; e >= 0; e = grammar.Edges[e].Next)
                {
                    var edge = grammar.Edges[e];
                    if (edge.Set < 0)
                        least = Math.Min(least, costs[edge.To]);
                    else if (takeable[edge.Set])
                        least = Math.Min(least, 1 + costs[edge.To]);
                }
                return least;
        }
    }
}
