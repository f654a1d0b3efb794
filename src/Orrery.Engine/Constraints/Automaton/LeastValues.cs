namespace Orrery.Engine.Constraints.Automaton;

/// <summary>
/// The least value of each state where values come from those of the states that follow, and are never less than any of them. States are
/// settled from the least value upwards, so each is settled once (Knuth 1977, a generalization of Dijkstra's algorithm): time does not
/// depend on the order in which rules refer to each other.
/// </summary>
internal static class LeastValues
{
    /// <param name="valueOf">A state's value from the values so far.</param>
    /// <param name="none">Of states from which no way leads to the end of their rule.</param>
    /// <param name="jumps">Further states that follow a state; null for none.</param>
    public static long[] Of(Grammar grammar, long none, Func<int, long[], long> valueOf, FixedTextJumps? jumps = null)
    {
        var before = Before(grammar, jumps);
        long[] values = new long[grammar.States.Length];
        Array.Fill(values, none);
        bool[] settled = new bool[values.Length];
        var open = new PriorityQueue<int, long>();
        for (int s = 0; s < values.Length; s++)
        {
            if (grammar.States[s].Kind == StateKind.Return)
            {
                values[s] = 0;
                open.Enqueue(s, 0);
            }
        }
        while (open.TryDequeue(out int s, out _))
        {
            if (settled[s])
                continue;
            settled[s] = true;
            foreach (int other in before[s])
            {
                if (settled[other] || valueOf(other, values) is var value && value >= values[other])
                    continue;
                values[other] = value;
                open.Enqueue(other, value);
            }
        }
        return values;
    }

    /// <summary>By state: those whose value depends on its own.</summary>
    private static List<int>[] Before(Grammar grammar, FixedTextJumps? jumps)
    {
        var before = new List<int>[grammar.States.Length];
        for (int s = 0; s < before.Length; s++)
            before[s] = [];
        for (int s = 0; s < before.Length; s++)
        {
            var state = grammar.States[s];
            if (state.Kind == StateKind.Call)
            {
                before[grammar.Rules[state.A].Start].Add(s);
                before[state.B].Add(s);
            }
            else if (state.Kind == StateKind.Loop)
            {
                before[grammar.Loops[state.A].Body].Add(s);
                before[grammar.Loops[state.A].Exit].Add(s);
            }
            for (int e = state.FirstEdge; e >= 0; e = grammar.Edges[e].Next)
                before[grammar.Edges[e].To].Add(s);
            foreach (int to in jumps?.From(s) ?? [])
                before[to].Add(s);
        }
        return before;
    }
}
