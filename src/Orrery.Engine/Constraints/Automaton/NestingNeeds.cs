namespace Orrery.Engine.Constraints.Automaton;

/// <summary>
/// How many levels of nesting each state needs to come to the end of its rule. A way is entered only where its need still fits, so
/// whatever is entered can be finished: bounded nesting never leads into a dead end.
/// </summary>
internal static class NestingNeeds
{
    /// <summary>No way leads to the end.</summary>
    public const int None = 1 << 20;

    public static int[] Of(Grammar grammar)
    {
        int[] needs = new int[grammar.States.Length];
        Array.Fill(needs, None);
        bool changed = true;
        while (changed)
        {
            // States are drawn from the front to the back, so going backwards most are right after one round.
            changed = false;
            for (int s = needs.Length - 1; s >= 0; s--)
            {
                int need = Need(grammar, needs, s);
                if (need >= needs[s])
                    continue;
                needs[s] = need;
                changed = true;
            }
        }
        return needs;
    }

    private static int Need(Grammar grammar, int[] needs, int s)
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
                int least = None;
                for (int e = state.FirstEdge; e >= 0; e = grammar.Edges[e].Next)
                    least = Math.Min(least, needs[grammar.Edges[e].To]);
                return least;
        }
    }
}
