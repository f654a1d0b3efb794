using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>Why a grammar cannot be used: nothing fits, or a rule begins with itself and would never come to its first byte.</summary>
internal static class GrammarProblem
{
    public static SchemaProblem? Of(Grammar grammar)
    {
        var called = CalledFirst(grammar);
        if (Cycle(called) is { } rule)
            return new SchemaProblem(grammar.Rules[rule].Name, "", "refers to itself without a property or an item between: no text could begin");
        if (!grammar.IsEmpty)
            return null;
        if (grammar.LeastBytes[grammar.Rules[grammar.StartRule].Start] < ShortestWays.None)
            return new SchemaProblem("#", "", $"needs objects and arrays nested deeper than {Grammar.MaxNesting}, the bound");
        return new SchemaProblem(NameOfEmpty(grammar), "", "allows no value at all: some of its restrictions exclude each other, or it never ends");
    }

    /// <summary>An empty rule that calls no other empty one, which is where the reason lies.</summary>
    private static string NameOfEmpty(Grammar grammar)
    {
        bool Empty(int rule) => grammar.LeastBytes[grammar.Rules[rule].Start] >= ShortestWays.None;
        var calls = Enumerable.Range(0, grammar.Rules.Length).Where(Empty).ToList();
        int found = calls.Find(rule => Reached(grammar, rule, onlyFirst: false).TrueForAll(other => other == rule || !Empty(other)));
        return grammar.Rules[calls.Contains(found) ? found : grammar.StartRule].Name;
    }

    private static List<int>[] CalledFirst(Grammar grammar)
        => [.. Enumerable.Range(0, grammar.Rules.Length).Select(rule => Reached(grammar, rule, onlyFirst: true))];

    /// <summary>The rules that a rule calls: all, or those before it takes its first byte.</summary>
    private static List<int> Reached(Grammar grammar, int rule, bool onlyFirst)
    {
        var found = new List<int>();
        var seen = new HashSet<int>();
        var ways = new Stack<int>([grammar.Rules[rule].Start]);
        while (ways.TryPop(out int s))
        {
            if (!seen.Add(s))
                continue;
            var state = grammar.States[s];
            if (state.Kind == StateKind.Call)
            {
                found.Add(state.A);
                if (!onlyFirst)
                    ways.Push(state.B);
            }
            else if (state.Kind == StateKind.Loop)
            {
                ways.Push(grammar.Loops[state.A].Body);
                ways.Push(grammar.Loops[state.A].Exit);
            }
            for (int e = state.FirstEdge; e >= 0; e = grammar.Edges[e].Next)
            {
                if (!onlyFirst || grammar.Edges[e].Set < 0)
                    ways.Push(grammar.Edges[e].To);
            }
        }
        return found;
    }

    /// <summary>A rule that comes back to itself; null where none does.</summary>
    private static int? Cycle(List<int>[] called)
    {
        // Leaves are taken off until none is left: what remains goes round.
        int[] open = [.. called.Select(rules => rules.Count)];
        var callers = new List<int>[called.Length];
        for (int rule = 0; rule < called.Length; rule++)
            callers[rule] = [];
        for (int rule = 0; rule < called.Length; rule++)
        {
            foreach (int other in called[rule])
                callers[other].Add(rule);
        }
        var leaves = new Queue<int>(Enumerable.Range(0, open.Length).Where(rule => open[rule] == 0));
        while (leaves.TryDequeue(out int leaf))
        {
            foreach (int caller in callers[leaf])
            {
                if (--open[caller] == 0)
                    leaves.Enqueue(caller);
            }
        }
        int left = Array.FindIndex(open, count => count > 0);
        return left < 0 ? null : left;
    }
}
