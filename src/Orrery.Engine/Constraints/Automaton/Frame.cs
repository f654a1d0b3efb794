namespace Orrery.Engine.Constraints.Automaton;

/// <summary>One level of the stack: where to go on, and how many rounds of a loop are over. Equal ones of one cache are one object.</summary>
/// <param name="Order">When it was made: a stable order among frames.</param>
/// <param name="Nesting">Levels of nesting while this is on top.</param>
/// <param name="Cost">Tokens from the return to this frame to the end of the text, at least.</param>
internal sealed record Frame(int Order, int State, int Count, Frame? Below, int Nesting, long Cost)
{
    public bool Equals(Frame? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>One of the places where the text may be: a state that takes bytes, below it the stack.</summary>
internal readonly record struct Place(int State, Frame? Top) : IComparable<Place>
{
    public int CompareTo(Place other)
        => State != other.State ? State.CompareTo(other.State) : (Top?.Order ?? -1).CompareTo(other.Top?.Order ?? -1);
}
