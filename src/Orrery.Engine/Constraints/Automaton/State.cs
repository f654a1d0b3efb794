namespace Orrery.Engine.Constraints.Automaton;

internal enum StateKind
{
    /// <summary>Goes on along its edges.</summary>
    Plain,

    /// <summary>Runs rule A, then goes on at state B.</summary>
    Call,

    /// <summary>Runs what begins at the loop's body as often as the loop says, then goes on at its exit. A is the loop.</summary>
    Loop,

    /// <summary>The end of a rule or of a loop's body: goes on where the frame on top of the stack says.</summary>
    Return,
}

/// <param name="FirstEdge">Index of the first edge, -1 for none.</param>
internal record struct State(StateKind Kind, int FirstEdge, int A, int B);

/// <param name="Set">Index of the bytes that it takes; -1: takes none.</param>
/// <param name="Next">The state's next edge, -1 for none.</param>
internal readonly record struct Edge(int Set, int To, int Next);

/// <param name="Name">What it was made from, such as a JSON pointer.</param>
/// <param name="Nests">Counts as one level of nesting.</param>
internal readonly record struct Rule(string Name, int Start, bool Nests);

/// <param name="Most">Null: no bound.</param>
internal readonly record struct Loop(int Body, int Exit, int Least, int? Most)
{
    /// <summary>Counts that make no difference are one count, so that an endless loop has few states.</summary>
    public int Counted(int count) => Most is null ? Math.Min(count, Least) : count;

    public bool MayGoOn(int count) => Most is null || count < Most;
}
