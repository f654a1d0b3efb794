namespace Orrery.Engine.Constraints.Automaton;

/// <summary>Where one token of several bytes leads along text that the grammar fixes byte by byte, such as the names of properties.</summary>
internal sealed class FixedTextJumps
{
    private readonly Dictionary<int, List<int>> _jumps = [];
    private readonly Grammar _grammar;
    private readonly TokenTrie _tokens;

    private FixedTextJumps(Grammar grammar, TokenTrie tokens) => (_grammar, _tokens) = (grammar, tokens);

    public static FixedTextJumps Of(Grammar grammar, TokenTrie tokens)
    {
        var jumps = new FixedTextJumps(grammar, tokens);
        for (int s = 0; s < grammar.States.Length; s++)
            jumps.Follow(s, s, node: 0);
        return jumps;
    }

    public IReadOnlyList<int> From(int state) => _jumps.TryGetValue(state, out var found) ? found : [];

    /// <summary>As deep as the longest token, at most.</summary>
    private void Follow(int from, int at, int node)
    {
        for (int e = _grammar.States[at].FirstEdge; e >= 0; e = _grammar.Edges[e].Next)
        {
            var edge = _grammar.Edges[e];
            if (edge.Set < 0 || _grammar.Sets[edge.Set].Single is not (>= 0 and var b) || _tokens.Child(node, (byte)b) is not (>= 0 and var child))
                continue;
            if (node != 0 && _tokens.IsToken(child))
                Add(from, edge.To);
            Follow(from, edge.To, child);
        }
    }

    private void Add(int from, int to)
    {
        if (!_jumps.TryGetValue(from, out var found))
            _jumps[from] = found = [];
        found.Add(to);
    }
}
