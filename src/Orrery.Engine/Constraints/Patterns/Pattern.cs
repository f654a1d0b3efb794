using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Patterns;

/// <summary>A regular expression as a tree. Anchors are not in it: a pattern that is not anchored has any characters at that end.</summary>
internal abstract record Pattern
{
    public static Pattern Empty { get; } = new Sequence([]);

    public static Pattern Anything { get; } = new Repeat(new Character(CodePoints.All), 0, null);

    /// <summary>The empty text fits.</summary>
    public abstract bool Nullable { get; }

    public sealed record Character(CodePoints Set) : Pattern
    {
        public override bool Nullable => false;
    }

    public sealed record Sequence(IReadOnlyList<Pattern> Parts) : Pattern
    {
        public override bool Nullable { get; } = Parts.All(part => part.Nullable);
    }

    public sealed record Either(IReadOnlyList<Pattern> Parts) : Pattern
    {
        public override bool Nullable { get; } = Parts.Any(part => part.Nullable);
    }

    /// <param name="Most">Null: no bound.</param>
    public sealed record Repeat(Pattern Part, int Least, int? Most) : Pattern
    {
        public override bool Nullable { get; } = Least == 0 || Part.Nullable;
    }
}
