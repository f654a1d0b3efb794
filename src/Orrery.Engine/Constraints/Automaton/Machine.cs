using System.Runtime.InteropServices;

namespace Orrery.Engine.Constraints.Automaton;

/// <summary>
/// Runs a grammar: from a state and a byte to the next state. States and frames that were met are kept and shared up to a bound; then
/// all forget what they knew of each other, and sequences go on from the ones they hold. Not safe to use from several threads.
/// </summary>
/// <param name="leastTokens">By state of the grammar: to the end of its rule.</param>
internal sealed class Machine(Grammar grammar, long[] leastTokens)
{
    /// <summary>States kept. One takes some 500 bytes and its mask a bit per token.</summary>
    private const int MaxKept = 8192;

    /// <summary>In all states kept, of 16 bytes each.</summary>
    private const int MaxKeptPlaces = 2_000_000;

    /// <summary>
    /// Ways followed from one state with one byte. Only patterns that can be read in very many ways come here. Of more than that the ones
    /// nearest to an end are kept, which makes fewer texts possible but none wrong, as each way kept can be finished.
    /// </summary>
    private const int MaxWays = 4096;

    private readonly Dictionary<(int State, int Count, Frame? Below), Frame> _frames = [];
    private readonly Dictionary<StateKey, MachineState> _states = [];
    private readonly List<MachineState> _kept = [];                     // all that may have something in Next
    private readonly HashSet<(int State, int Count, Frame? Top)> _seen = [];
    private readonly List<(int State, int Count, Frame? Top)> _starts = [];
    private readonly Stack<(int State, int Count, Frame? Top)> _ways = new();
    private readonly PriorityQueue<(int State, int Count, Frame? Top), long> _nearest = new();
    private readonly List<Place> _places = [];
    private readonly MachineState _dead = new([], false, ShortestWays.None, grammar.Classes.Length);

    private bool _complete;
    private int _frameOrder;
    private int _generation = 1;
    private long _keptPlaces;

    /// <summary>Ways followed so far.</summary>
    public long Work { get; private set; }

    internal int Kept => _kept.Count;

    public MachineState Start()
    {
        var rule = grammar.Rules[grammar.StartRule];
        _starts.Clear();
        _starts.Add((rule.Start, 0, rule.Nests ? Push(-1, 0, null, 1, 0) : null));
        return Follow();
    }

    public MachineState Step(MachineState state, byte value)
    {
        int byteClass = grammar.ClassOf[value];
        if (state.Next[byteClass] is { } known)
            return known;
        var next = Find(state, value);
        Keep(state);
        return state.Next[byteClass] = next;
    }

    private void Keep(MachineState state)
    {
        if (state.Generation == _generation)
            return;
        state.Generation = _generation;
        _kept.Add(state);
        _keptPlaces += state.Places.Length;
    }

    private void Forget()
    {
        foreach (var state in _kept)
        {
            Array.Clear(state.Next);
            state.Mask = null;
        }
        _kept.Clear();
        _states.Clear();
        _frames.Clear();
        _keptPlaces = 0;
        _generation++;
    }

    private MachineState Find(MachineState state, byte value)
    {
        _starts.Clear();
        foreach (var place in state.Places)
        {
            for (int e = grammar.States[place.State].FirstEdge; e >= 0; e = grammar.Edges[e].Next)
            {
                var edge = grammar.Edges[e];
                if (edge.Set >= 0 && grammar.Sets[edge.Set].Contains(value))
                    _starts.Add((edge.To, 0, place.Top));
            }
        }
        return Follow();
    }

    /// <summary>Everywhere that can be reached from the starts without taking a byte.</summary>
    private MachineState Follow()
    {
        Begin();
        foreach (var start in _starts)
            _ways.Push(start);
        while (_seen.Count < MaxWays && _ways.TryPop(out var way))
            Enter(way);
        if (_ways.Count > 0)
            FollowNearest();
        return Finish();
    }

    /// <summary>The same, in the order of what is left to an end, up to the bound.</summary>
    private void FollowNearest()
    {
        Begin();
        _nearest.Clear();
        foreach (var start in _starts)
            _nearest.Enqueue(start, Left(start));
        while (_seen.Count < MaxWays && _nearest.TryDequeue(out var way, out _))
        {
            Enter(way);
            while (_ways.TryPop(out var next))
                _nearest.Enqueue(next, Left(next));
        }
    }

    private long Left((int State, int Count, Frame? Top) way)
    {
        var state = grammar.States[way.State];
        long own = state.Kind == StateKind.Loop ? ShortestWays.OfLoop(grammar.Loops[state.A], way.Count, leastTokens) : leastTokens[way.State];
        return own + (way.Top?.Cost ?? 0);
    }

    private void Begin()
    {
        _ways.Clear();
        _seen.Clear();
        _places.Clear();
        _complete = false;
    }

    private void Enter((int State, int Count, Frame? Top) way)
    {
        if (grammar.Nesting[way.State] + (way.Top?.Nesting ?? 0) <= Grammar.MaxNesting && _seen.Add(way))
            Visit(way.State, way.Count, way.Top);
    }

    private void Visit(int s, int count, Frame? top)
    {
        var state = grammar.States[s];
        int nesting = top?.Nesting ?? 0;
        long cost = top?.Cost ?? 0;
        switch (state.Kind)
        {
            case StateKind.Return when top is null || top.State < 0:
                _complete = true;
                break;
            case StateKind.Return:
                _ways.Push((top.State, top.Count + 1, top.Below));
                break;
            case StateKind.Call:
                var rule = grammar.Rules[state.A];
                if (grammar.Nesting[state.B] + nesting <= Grammar.MaxNesting)
                    _ways.Push((rule.Start, 0, Push(state.B, -1, top, nesting + (rule.Nests ? 1 : 0), leastTokens[state.B] + cost)));
                break;
            case StateKind.Loop:
                var loop = grammar.Loops[state.A];
                count = loop.Counted(count);
                if (count >= loop.Least)
                    _ways.Push((loop.Exit, 0, top));
                if (loop.MayGoOn(count))
                    _ways.Push((loop.Body, 0, Push(s, count, top, nesting, ShortestWays.OfLoop(loop, count + 1, leastTokens) + cost)));
                break;
            default:
                bool takes = false;
                for (int e = state.FirstEdge; e >= 0; e = grammar.Edges[e].Next)
                {
                    if (grammar.Edges[e].Set >= 0)
                        takes = true;
                    else
                        _ways.Push((grammar.Edges[e].To, 0, top));
                }
                if (takes)
                    _places.Add(new Place(s, top));
                break;
        }
    }

    private Frame Push(int state, int count, Frame? below, int nesting, long cost)
    {
        ref var frame = ref CollectionsMarshal.GetValueRefOrAddDefault(_frames, (state, count, below), out _);
        return frame ??= new Frame(_frameOrder++, state, count, below, nesting, Math.Min(cost, ShortestWays.None));
    }

    private MachineState Finish()
    {
        Work += _seen.Count;
        if (_places.Count == 0 && !_complete)
            return _dead;
        if (_kept.Count >= MaxKept || _keptPlaces >= MaxKeptPlaces || _frames.Count >= 4 * MaxKept)
            Forget();
        _places.Sort();
        var key = new StateKey([.. _places], _complete);
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_states, key, out bool known);
        if (!known)
        {
            long least = _complete ? 0 : ShortestWays.None;
            foreach (var place in key.Places)
                least = Math.Min(least, leastTokens[place.State] + (place.Top?.Cost ?? 0));
            state = new MachineState(key.Places, _complete, least, grammar.Classes.Length);
            Keep(state);
        }
        return state!;
    }

    /// <param name="Places">Sorted.</param>
    private readonly record struct StateKey(Place[] Places, bool IsComplete)
    {
        public bool Equals(StateKey other) => IsComplete == other.IsComplete && Places.AsSpan().SequenceEqual(other.Places);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var place in Places)
            {
                hash.Add(place.State);
                hash.Add(place.Top);
            }
            return hash.ToHashCode();
        }
    }
}
