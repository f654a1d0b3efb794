using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Constraints;

/// <summary>
/// A grammar for one vocabulary. Holds what sequences under it share: the states met so far and their masks, some 16 MiB of them at most.
/// Safe to share between threads; sequences wait for each other while a mask is made.
/// </summary>
public sealed class CompiledConstraint
{
    private readonly Lock _lock = new();
    private readonly Machine _machine;
    private readonly MaskMaker _masks;
    private readonly TokenTrie _tokens;

    private CompiledConstraint(Grammar grammar, TokenTrie tokens)
    {
        _tokens = tokens;
        _machine = new Machine(grammar, ShortestWays.Of(grammar, tokens.IsSingle, tokens));
        _masks = new MaskMaker(grammar, _machine, tokens);
        Start = _machine.Start();
    }

    internal MachineState Start { get; }

    /// <summary>Words of a mask: (vocabulary + 63) / 64.</summary>
    public int MaskWords => (_tokens.VocabularySize + 63) / 64;

    /// <returns>Null where this vocabulary cannot write any text of the grammar, for want of some characters.</returns>
    public static CompiledConstraint? Of(Grammar grammar, TokenTrie tokens)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        ArgumentNullException.ThrowIfNull(tokens);
        var compiled = new CompiledConstraint(grammar, tokens);
        return compiled.Start.LeastTokens < ShortestWays.None ? compiled : null;
    }

    /// <summary>A sequence at its first token.</summary>
    public ITokenConstraint NewSequence() => new TokenConstraint(this, Start);

    internal bool IsEnd(int token) => _tokens.IsEnd(token);

    internal void Allowed(MachineState state, Span<ulong> mask, long tokensLeft)
    {
        lock (_lock)
            _masks.Write(state, mask, tokensLeft);
    }

    internal void Ends(Span<ulong> mask)
    {
        mask.Clear();
        foreach (int end in _tokens.Ends)
            mask[end >> 6] |= 1UL << (end & 63);
    }

    /// <returns>Null: the token may not come.</returns>
    internal MachineState? Step(MachineState state, int token)
    {
        var bytes = token >= 0 && token < _tokens.VocabularySize ? _tokens.BytesOf(token) : default;
        if (bytes.IsEmpty)
            return null;
        lock (_lock)
        {
            foreach (byte b in bytes)
                state = _machine.Step(state, b);
        }
        return state.LeastTokens >= ShortestWays.None ? null : state;
    }
}
