using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Schemas;
using Orrery.Models.Tokenizers;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Answers;

/// <summary>What <c>response_format</c> asks for as a constraint over the model's tokens. Those used last are kept.</summary>
internal sealed class OutputFormats(Tokenizer tokenizer)
{
    /// <summary>A service usually asks for a few again and again; each may hold some 16 MiB.</summary>
    private const int Kept = 8;

    private readonly Lock _lock = new();
    private readonly LinkedList<(string Key, OutputFormat Format)> _used = [];

    public OutputFormat? Of(ResponseFormat? wanted)
    {
        if (wanted is null)
            return null;
        string key = wanted is ResponseFormat.Schema schema ? schema.Value.GetRawText() : "";
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

        var made = Make(wanted);
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
        return result switch
        {
            SchemaResult.Refused refused => new OutputFormat.Refused(OpenAIError.Invalid("response_format", $"The schema cannot be used. {string.Join(". ", refused.Problems)}.")),
            SchemaResult.Compiled { Grammar: var grammar } when CompiledConstraint.Of(grammar, TokenTrie.Of(tokenizer)) is { } constraint => new OutputFormat.Ready(constraint),
            _ => new OutputFormat.Refused(OpenAIError.Invalid("response_format", "This model's vocabulary lacks characters that every such text needs.")),
        };
    }
}

/// <summary>One of the nested cases.</summary>
internal abstract record OutputFormat
{
    public sealed record Ready(CompiledConstraint Constraint) : OutputFormat;

    public sealed record Refused(OpenAIError Error) : OutputFormat;
}
