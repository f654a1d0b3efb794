namespace Orrery.Engine.Constraints.Schemas;

/// <summary>How compiling a schema ended.</summary>
public abstract record SchemaResult
{
    public sealed record Compiled(Grammar Grammar) : SchemaResult;

    /// <param name="Problems">All that were found, one at least.</param>
    public sealed record Refused(IReadOnlyList<SchemaProblem> Problems) : SchemaResult;
}

/// <summary>What in a schema cannot be had.</summary>
/// <param name="Path">A JSON pointer to where: <c>#/properties/age</c>.</param>
/// <param name="Keyword">The keyword at fault; empty for the place itself.</param>
/// <param name="Message">What is wrong with it, and what works instead.</param>
public sealed record SchemaProblem(string Path, string Keyword, string Message)
{
    public override string ToString() => Keyword.Length == 0 ? $"{Path}: {Message}" : $"{Path}: '{Keyword}' {Message}";
}
