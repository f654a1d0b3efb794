using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Schemas;
using Orrery.Engine.Constraints.Tools;
using Orrery.Models.Tokenizers;
using Orrery.Replica.Tools;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Answers;

/// <summary>What <c>response_format</c> and <c>tools</c> ask for as a constraint over the model's tokens. Those used last are kept.</summary>
internal sealed class OutputFormats(Tokenizer tokenizer)
{
    /// <summary>A service usually asks for a few again and again; each may hold some 16 MiB.</summary>
    private const int Kept = 8;

    private readonly Lock _lock = new();
    private readonly LinkedList<(string Key, OutputFormat Format)> _used = [];

    /// <param name="tools">Null: none.</param>
    /// <returns>Null: any text.</returns>
    public OutputFormat? Of(ResponseFormat? wanted, ToolUse? tools)
        => tools is not null ? Of("tools " + tools.Key, () => Make(tools))
            : wanted is not null ? Of(wanted is ResponseFormat.Schema schema ? schema.Value.GetRawText() : "", () => Make(wanted))
            : null;

    private OutputFormat Of(string key, Func<OutputFormat> make)
    {
        lock (_lock)
        {
            for (var node = _used.First; node is not null; node = node.Next)
            {
                if (node.Value.Key != key)
                    continue;
                _used.Remove(node);
                _used.AddFirst(node);
                return node.Value.Format;
            }
        }

        var made = make();
        lock (_lock)
        {
            _used.AddFirst((key, made));
            if (_used.Count > Kept)
                _used.RemoveLast();
        }
        return made;
    }

    private OutputFormat Make(ResponseFormat wanted)
    {
        SchemaResult result = wanted is ResponseFormat.Schema schema ? JsonConstraint.Of(schema.Value) : new SchemaResult.Compiled(JsonConstraint.AnyObject);
        return result is SchemaResult.Refused refused
            ? new OutputFormat.Refused(OpenAIError.Invalid("response_format", $"The schema cannot be used. {string.Join(". ", refused.Problems)}."))
            : Ready(((SchemaResult.Compiled)result).Grammar, "response_format");
    }

    private OutputFormat Make(ToolUse tools) => tools.Grammar(TokenTrie.Of(tokenizer)) switch
    {
        ToolResult.Refused refused => new OutputFormat.Refused(OpenAIError.Invalid(
            refused.Problems[0].Path.StartsWith("response_format", StringComparison.Ordinal) ? "response_format" : "tools",
            $"The tools cannot be used. {string.Join(". ", refused.Problems)}.")),
        ToolResult.Compiled compiled => Ready(compiled.Grammar, "tools"),
        var other => throw new InvalidOperationException($"Tools gave {other.GetType().Name}."),
    };

    private OutputFormat Ready(Grammar grammar, string field) => CompiledConstraint.Of(grammar, TokenTrie.Of(tokenizer)) is { } constraint
        ? new OutputFormat.Ready(constraint)
        : new OutputFormat.Refused(OpenAIError.Invalid(field, "This model's vocabulary lacks characters that every such text needs."));
}

/// <summary>One of the nested cases.</summary>
internal abstract record OutputFormat
{
    public sealed record Ready(CompiledConstraint Constraint) : OutputFormat;

    public sealed record Refused(OpenAIError Error) : OutputFormat;
}
