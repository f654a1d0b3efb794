using Orrery.Engine.Constraints.Schemas;

namespace Orrery.Engine.Constraints.Tools;

/// <summary>How making the constraint of a request with tools ended.</summary>
public abstract record ToolResult
{
    public sealed record Compiled(Grammar Grammar) : ToolResult;

    /// <summary>No tools, or none wanted: the text is free.</summary>
    public sealed record Unconstrained : ToolResult;

    /// <param name="Problems">All that were found, one at least; their paths begin with <c>tools/0/parameters</c> or <c>tool_choice</c>.</param>
    public sealed record Refused(IReadOnlyList<SchemaProblem> Problems) : ToolResult;
}
