namespace Orrery.Models.Tokenizers.Patterns;

/// <summary>The parts that a pattern is made of.</summary>
internal abstract record PatternNode
{
    private PatternNode()
    {
    }

    public sealed record One(CharClass Class) : PatternNode;

    public sealed record All(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>The first that fits, in order.</summary>
    public sealed record Any(IReadOnlyList<PatternNode> Choices) : PatternNode;

    /// <param name="Most">-1: without end.</param>
    public sealed record Repeat(PatternNode Part, int Least, int Most, bool Greedy) : PatternNode;

    /// <summary>Asks for the character ahead or behind without taking it. At an edge of the text there is none, which is in no class.</summary>
    public sealed record Look(CharClass Class, bool Ahead, bool Wanted) : PatternNode;
}
