namespace Orrery.Engine.Constraints.Automaton;

/// <summary>
/// How many levels of nesting each state needs to come to the end of its rule. A way is entered only where its need still fits, so
/// whatever is entered can be finished: bounded nesting never leads into a dead end.
/// </summary>
internal static class NestingNeeds
{
    /// <summary>No way leads to the end.</summary>
    public const long None = 1 << 20;

    public static long[] Of(Grammar grammar) => LeastValues.Of(grammar, None, (s, needs) => Need(grammar, needs, s));

    private static long Need(Grammar grammar, long[] needs, int s)
    {
        var state = grammar.States[s];
        switch (state.Kind)
        {
            case StateKind.Return:
                return 0;
            case StateKind.Call:
                var rule = grammar.Rules[state.A];
                return Math.Max(needs[rule.Start] + (rule.Nests ? 1 : 0), needs[state.B]);
            case StateKind.Loop:
                var loop = grammar.Loops[state.A];
                return loop.Least == 0 ? needs[loop.Exit] : Math.Max(needs[loop.Body], needs[loop.Exit]);
            default:
                long least = None;
                for (int e = state.FirstEdge; e >= 0; e = grammar.Edges[e].Next)
                    least = Math.Min(least, needs[grammar.Edges[e].To]);
                return least;
        }
    }
}
