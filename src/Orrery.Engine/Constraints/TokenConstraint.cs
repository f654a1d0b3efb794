using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Constraints;

/// <summary>Where one sequence stands.</summary>
internal sealed class TokenConstraint(CompiledConstraint compiled, MachineState state) : ITokenConstraint
{
    private MachineState _state = state;
    private bool _ended;

    public int MaskWords => compiled.MaskWords;

    public bool IsComplete => _ended || _state.IsComplete;

    public bool MustEnd => _ended || (_state.IsComplete && _state.Places.Length == 0);

    public int LeastTokensToEnd => _ended ? 0 : (int)Math.Min(int.MaxValue, _state.LeastTokens);

    public void Allowed(Span<ulong> mask, int tokensLeft = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, MaskWords, nameof(mask));
        if (MustEnd)
            compiled.Ends(mask);
        else
            compiled.Allowed(_state, mask, tokensLeft);
    }

    public void Accept(int token)
    {
        if (IsComplete && compiled.IsEnd(token))
            _ended = true;
        else
            _state = (_ended ? null : compiled.Step(_state, token)) ?? throw new ArgumentException($"Token {token} may not come here.", nameof(token));
    }

    public ITokenConstraint Fork() => new TokenConstraint(compiled, _state) { _ended = _ended };
}
