using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Tools;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica.Tools;

/// <summary>What a request wants of tools, and how its model writes calls.</summary>
internal sealed record ToolUse(ToolRequest Request, ToolCallForm Form)
{
    /// <summary>Stands for everything that makes the constraint what it is.</summary>
    public string Key => string.Join(
        '\n', [Form.Name, $"{Request.Mode} {Request.Parallel} {string.Join(' ', Request.Allowed ?? ["*"])}", .. Request.Tools.Select(tool => $"{tool.Name} {tool.Parameters?.GetRawText()}")]);

    public ToolResult Grammar(TokenTrie tokens) => ToolConstraint.Of(
        [.. Request.Tools.Select(tool => new Tool(tool.Name, ToolSchema.Of(tool.Parameters)))],
        Request.Mode == ToolMode.Required ? new ToolChoice.Required() : new ToolChoice.Auto(),
        Form,
        tokens,
        Request.Parallel,
        Request.Allowed);
}
