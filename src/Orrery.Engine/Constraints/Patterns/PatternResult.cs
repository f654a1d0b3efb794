namespace Orrery.Engine.Constraints.Patterns;

/// <summary>How reading a pattern ended.</summary>
internal abstract record PatternResult
{
    public sealed record Read(Pattern Pattern) : PatternResult;

    /// <param name="Problem">What cannot be had, and where.</param>
    public sealed record Refused(string Problem) : PatternResult;
}
