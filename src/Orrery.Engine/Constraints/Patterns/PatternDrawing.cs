using Orrery.Engine.Constraints.Automaton;
using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Patterns;

/// <summary>Draws patterns into a grammar, over the canonical text of JSON strings.</summary>
internal sealed class PatternDrawing(GrammarBuilder builder, JsonCharacters characters)
{
    public int Draw(int from, Pattern pattern)
    {
        if (builder.IsFull)
            return from;
        switch (pattern)
        {
            case Pattern.Character one:
                return characters.Of(from, one.Set);
            case Pattern.Sequence sequence:
                return sequence.Parts.Aggregate(from, Draw);
            case Pattern.Either either:
                return builder.Choice(from, either.Parts.Select<Pattern, Func<int, int>>(part => at => Draw(at, part)));
            case Pattern.Repeat { Part.Nullable: false } repeat:
                return builder.Repeat(from, repeat.Least, repeat.Most, at => Draw(at, repeat.Part));
            case Pattern.Repeat repeat:
                // A round that takes nothing would be counted: each round takes something, and there may be fewer of them.
                return builder.Repeat(from, 0, repeat.Most, at => DrawSome(at, repeat.Part));
            default:
                throw new ArgumentOutOfRangeException(nameof(pattern));
        }
    }

    /// <summary>The texts of the pattern but the empty one.</summary>
    private int DrawSome(int from, Pattern pattern)
    {
        if (builder.IsFull)
            return from;
        switch (pattern)
        {
            case { Nullable: false }:
                return Draw(from, pattern);
            case Pattern.Either either:
                return builder.Choice(from, either.Parts.Where(part => !IsEmpty(part)).Select<Pattern, Func<int, int>>(part => at => DrawSome(at, part)));
            case Pattern.Repeat repeat:
                return builder.Repeat(from, 1, repeat.Most, at => DrawSome(at, repeat.Part));
            case Pattern.Sequence sequence:
                // All parts may be empty: the first that is not is followed by the others as they are.
                return builder.Choice(from, sequence.Parts.Select<Pattern, Func<int, int>>((part, i) => at
                    => IsEmpty(part) ? builder.NewState() : sequence.Parts.Skip(i + 1).Aggregate(DrawSome(at, part), Draw)));
            default:
                throw new ArgumentOutOfRangeException(nameof(pattern));
        }
    }

    private static bool IsEmpty(Pattern pattern) => pattern switch
    {
        Pattern.Sequence sequence => sequence.Parts.All(IsEmpty),
        Pattern.Either either => either.Parts.All(IsEmpty),
        Pattern.Repeat repeat => repeat.Most == 0 || IsEmpty(repeat.Part),
        _ => false,
    };
}
