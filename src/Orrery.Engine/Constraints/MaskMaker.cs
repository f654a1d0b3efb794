using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Constraints;

/// <summary>
/// Walks the tree of tokens together with the machine: where a token's last byte is reached alive, it may come. Each node costs one look
/// into a table once its step is known. Masks are kept with their states. Not safe to use from several threads.
/// </summary>
internal sealed class MaskMaker
{
    /// <summary>Kept before all are made again: 1,024 of a vocabulary of 128k.</summary>
    private const int MaxKeptBytes = 16 << 20;
    private const int MaxKept = 8192;

    /// <summary>
    /// Ways followed in one walk, some 100 ms. Only patterns that can be read in very many ways, or remember very much, come here; such a
    /// state allows single bytes only, with which it can be finished as well.
    /// </summary>
    private const int MaxWork = 1_000_000;

    private readonly Grammar _grammar;
    private readonly Machine _machine;
    private readonly TokenTrie _tokens;
    private readonly MachineState[] _path;
    private readonly int _firstControl;                                 // control tokens lie last in the tree
    private readonly List<WeakReference<MachineState>> _kept = [];

    public MaskMaker(Grammar grammar, Machine machine, TokenTrie tokens)
    {
        (_grammar, _machine, _tokens) = (grammar, machine, tokens);
        _firstControl = tokens.Child(0, TokenTrie.ControlMark) is > 0 and var mark ? mark : int.MaxValue;
        _path = new MachineState[tokens.MaxDepth + 1];
    }

    public void Write(MachineState state, Span<ulong> mask, long tokensLeft)
    {
        var all = state.Mask ?? Keep(state);

        // What has to be in hand after this token. Where even the shortest way is longer than what is left, that way it is.
        long most = Math.Max(tokensLeft - 1, state.LeastTokens - 1);
        if (most >= all.MostTokens)
        {
            all.Bits.CopyTo(mask);
            return;
        }
        Walk(state, mask, most, out _);
        if (!mask.ContainsAnyExcept(0UL))
            all.Bits.CopyTo(mask);                                      // where nesting is at its bound the shortest way may not fit
    }

    private TokenMask Keep(MachineState state)
    {
        ulong[] bits = new ulong[(_tokens.VocabularySize + 63) / 64];
        Walk(state, bits, ShortestWays.None - 1, out long most);
        if (!bits.AsSpan().ContainsAnyExcept(0UL))
            TryWalk(state, bits, ShortestWays.None - 1, out most, onlySingle: false, maxWork: long.MaxValue / 2);  // a vocabulary without all bytes
        if (_kept.Count >= Math.Clamp(MaxKeptBytes / (bits.Length * sizeof(ulong)), 16, MaxKept))
        {
            foreach (var old in _kept)
            {
                if (old.TryGetTarget(out var kept))
                    kept.Mask = null;
            }
            _kept.Clear();
        }
        _kept.Add(new WeakReference<MachineState>(state));
        return state.Mask = new TokenMask(bits, most);
    }

    /// <param name="most">Tokens to the end that a token may leave.</param>
    /// <param name="found">The most that any of the allowed leaves.</param>
    private void Walk(MachineState state, Span<ulong> mask, long most, out long found)
    {
        if (!TryWalk(state, mask, most, out found, onlySingle: false, MaxWork))
            TryWalk(state, mask, most, out found, onlySingle: true, maxWork: long.MaxValue / 2);
    }

    private bool TryWalk(MachineState from, Span<ulong> mask, long most, out long found, bool onlySingle, long maxWork)
    {
        mask.Clear();
        found = 0;
        if (from.IsComplete)
            AllowEnds(mask);
        long bound = _machine.Work + maxWork;
        byte[] labels = _tokens.Labels, classOf = _grammar.ClassOf;
        ushort[] depths = _tokens.Depths;
        int[] tokens = _tokens.Tokens, jumps = _tokens.Jumps;
        _path[0] = from;
        for (int node = 1; node < labels.Length;)
        {
            int depth = depths[node];
            var at = _path[depth - 1];
            var next = at.Next[classOf[labels[node]]] ?? _machine.Step(at, labels[node]);
            if (next.IsDead || (onlySingle && depth > 1 && node < _firstControl))
            {
                node = jumps[node];
                continue;
            }
            if (next.LeastTokens <= most)
            {
                for (int token = tokens[node]; token >= 0; token = _tokens.NextSame(token))
                {
                    mask[token >> 6] |= 1UL << (token & 63);
                    found = Math.Max(found, next.LeastTokens);
                }
            }
            if (_machine.Work > bound)
                return false;
            _path[depth] = next;
            node++;
        }
        return true;
    }

    private void AllowEnds(Span<ulong> mask)
    {
        foreach (int end in _tokens.Ends)
            mask[end >> 6] |= 1UL << (end & 63);
    }
}
