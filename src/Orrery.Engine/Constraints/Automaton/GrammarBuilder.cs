namespace Orrery.Engine.Constraints.Automaton;

/// <summary>
/// Puts a grammar together. Each method draws a part that begins at a state and gives the state where it ends, so parts chain.
/// Past its bound it draws nothing more and says so in <see cref="IsFull"/>: what it gives then is of no use.
/// </summary>
internal sealed class GrammarBuilder(int maxStates = GrammarBuilder.MaxStates)
{
    /// <summary>About 5 MB of grammar.</summary>
    public const int MaxStates = 100_000;

    /// <summary>Parts that are repeated this often at most, in states, are drawn several times; others count on the stack.</summary>
    private const int MostCopiedStates = 48;

    private readonly List<State> _states = [];
    private readonly List<Edge> _edges = [];
    private readonly List<Rule> _rules = [];
    private readonly List<Loop> _loops = [];
    private readonly List<ByteSet> _sets = [];
    private readonly Dictionary<ByteSet, int> _setIndex = [];

    public bool IsFull { get; private set; }

    public int NewState() => NewState(new State(StateKind.Plain, -1, 0, 0));

    /// <summary>A rule without a body yet, so that bodies can call rules that come later, or themselves.</summary>
    public int DeclareRule(string name, bool nests = false)
    {
        _rules.Add(new Rule(name, NewState(), nests));
        return _rules.Count - 1;
    }

    /// <param name="body">From the state where the rule begins to the one where it ends.</param>
    public void DefineRule(int rule, Func<int, int> body) => Skip(body(_rules[rule].Start), NewReturn());

    public int Rule(string name, Func<int, int> body, bool nests = false)
    {
        int rule = DeclareRule(name, nests);
        DefineRule(rule, body);
        return rule;
    }

    public void Skip(int from, int to) => AddEdge(from, -1, to);

    public int Take(int from, ByteSet bytes) => Take(from, bytes, NewState());

    public int Take(int from, ByteSet bytes, int to)
    {
        if (bytes.IsEmpty)
            return to;
        if (!_setIndex.TryGetValue(bytes, out int set))
        {
            _setIndex[bytes] = set = _sets.Count;
            _sets.Add(bytes);
        }
        AddEdge(from, set, to);
        return to;
    }

    public int Literal(int from, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
            from = Take(from, ByteSet.Of(b));
        return from;
    }

    public int Call(int from, int rule)
    {
        int end = NewState();
        Skip(from, NewState(new State(StateKind.Call, -1, rule, end)));
        return end;
    }

    public int Choice(int from, params IEnumerable<Func<int, int>> parts)
    {
        int end = NewState();
        foreach (var part in parts)
        {
            // A part's own first state, so that one part's loop does not lead into another.
            int start = NewState();
            Skip(from, start);
            Skip(part(start), end);
        }
        return end;
    }

    public int Optional(int from, Func<int, int> part) => Choice(from, part, at => at);

    /// <param name="part">Never empty: a part that may be would be counted without anything taken.</param>
    /// <param name="most">Null: no bound.</param>
    public int Repeat(int from, int least, int? most, Func<int, int> part)
    {
        if (most is null && least <= 1)
            return Endless(from, least, part);
        int before = _states.Count;
        int body = NewState();
        Skip(part(body), NewReturn());
        int size = _states.Count - before;
        if (most is { } bound && (long)size * bound <= MostCopiedStates)
            return Copies(from, least, bound, part);

        int exit = NewState();
        _loops.Add(new Loop(body, exit, least, most));
        Skip(from, NewState(new State(StateKind.Loop, -1, _loops.Count - 1, 0)));
        return exit;
    }

    public Grammar Build(int startRule)
        => new([.. _states], [.. _edges], [.. _rules], [.. _loops], [.. _sets], startRule);

    private int Endless(int from, int least, Func<int, int> part)
    {
        int start = NewState(), end = NewState();
        Skip(from, start);
        Skip(part(start), end);
        Skip(end, start);
        if (least > 0)
            return end;
        int after = NewState();
        Skip(start, after);
        return after;
    }

    private int Copies(int from, int least, int most, Func<int, int> part)
    {
        int end = NewState();
        for (int i = 0; i < most; i++)
        {
            if (i >= least)
                Skip(from, end);
            int start = NewState();
            Skip(from, start);
            from = part(start);
        }
        Skip(from, end);
        return end;
    }

    private int NewReturn() => NewState(new State(StateKind.Return, -1, 0, 0));

    private int NewState(State state)
    {
        if (_states.Count >= maxStates)
        {
            IsFull = true;
            return 0;
        }
        _states.Add(state);
        return _states.Count - 1;
    }

    private void AddEdge(int from, int set, int to)
    {
        if (IsFull)
            return;
        var state = _states[from];
        _states[from] = state with { FirstEdge = _edges.Count };
        _edges.Add(new Edge(set, to, state.FirstEdge));
    }
}
