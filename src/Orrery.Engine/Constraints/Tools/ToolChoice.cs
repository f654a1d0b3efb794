namespace Orrery.Engine.Constraints.Tools;

/// <summary>What <c>tool_choice</c> asks for.</summary>
public abstract record ToolChoice
{
    /// <summary>No calls. Nothing constrains the text.</summary>
    public sealed record None : ToolChoice;

    /// <summary>Text, calls, or text and then calls, as the model likes. Once it begins a call, the call is whole.</summary>
    public sealed record Auto : ToolChoice;

    /// <summary>At least one call and nothing else.</summary>
    public sealed record Required : ToolChoice;

    /// <summary>Exactly this tool, once.</summary>
    public sealed record Named(string Name) : ToolChoice;
}
