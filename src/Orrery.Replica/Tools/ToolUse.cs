using System.Text.Json;
using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Tools;
using Orrery.Wire.OpenAI;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica.Tools;

/// <summary>What a request wants of tools, and how its model writes calls.</summary>
/// <param name="Format">What an answer without calls must be; null: any text.</param>
internal sealed record ToolUse(ToolRequest Request, ToolCallForm Form, ResponseFormat? Format = null)
{
    /// <summary>Stands for everything that makes the constraint what it is.</summary>
    public string Key => string.Join(
        '\n',
        [
            Form.Name,
            $"{Request.Mode} {Request.Parallel} {string.Join(' ', Request.Allowed ?? ["*"])}",
            Content?.GetRawText() ?? "",
            .. Request.Tools.Select(tool => $"{tool.Name} {tool.Parameters?.GetRawText()}"),
        ]);

    /// <summary>There is no text that a stop string could end: it would only cut a call.</summary>
    public bool IsOnlyCalls => Request.Mode == ToolMode.Required;

    private JsonElement? Content => Format switch
    {
        null => null,
        ResponseFormat.Schema schema => schema.Value,
        _ => ToolSchema.AnyObject,
    };

    public ToolResult Grammar(TokenTrie tokens) => ToolConstraint.Of(
        [.. Request.Tools.Select(tool => new Tool(tool.Name, ToolSchema.Of(tool.Parameters)))],
        IsOnlyCalls ? new ToolChoice.Required() : new ToolChoice.Auto(),
        Form,
        tokens,
        Request.Parallel,
        Request.Allowed,
        Content);
}
