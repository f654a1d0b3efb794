using System.Text;
using System.Text.Json;
using Orrery.Engine.Constraints.Automaton;
using Orrery.Engine.Constraints.Json;
using Orrery.Engine.Constraints.Schemas;

namespace Orrery.Engine.Constraints.Tools;

/// <summary>Grammars for requests with tools: each call is a JSON object with the name of a tool and arguments that are valid under its schema.</summary>
public static class ToolConstraint
{
    public const int MaxTools = 128;
    private const int MaxCalls = 16;

    /// <summary>What reasoning stands between, in models that have control tokens for it.</summary>
    private static readonly string[] ReasoningMarks = ["<think>", "</think>", "[THINK]", "[/THINK]", "<|channel|>", "<|message|>", "<|start|>"];

    private static readonly ByteSet NameCharacters =
        ByteSet.Range('a', 'z') | ByteSet.Range('A', 'Z') | ByteSet.Range('0', '9') | ByteSet.Of("_-");

    /// <param name="form">How this model writes calls.</param>
    /// <param name="tokens">Its vocabulary: says what of the form is a control token.</param>
    /// <param name="parallel">Several calls in one answer, 16 at most, where the form has a way to write them.</param>
    /// <param name="among">Names of the tools that may be called; null: all.</param>
    /// <param name="content">Where the model may choose: a JSON schema for what is no call; null: any text.</param>
    public static ToolResult Of(
        IReadOnlyList<Tool> tools,
        ToolChoice choice,
        ToolCallForm form,
        TokenTrie tokens,
        bool parallel = true,
        IReadOnlyCollection<string>? among = null,
        JsonElement? content = null)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(form);
        var named = choice is ToolChoice.Named { Name: var name } ? [name] : among;
        var problems = Problems(tools, choice, named ?? []).ToList();
        if (choice is ToolChoice.Auto && content is not null && form.Opening.Length == 0)
            problems.Add(new SchemaProblem("response_format", "", "does not work while this model may choose to call a tool: its calls begin as other JSON does. Set tool_choice to none or required"));
        if (problems.Count > 0)
            return new ToolResult.Refused(problems);
        if (choice is ToolChoice.None || tools.Count == 0)
            return new ToolResult.Unconstrained();

        var builder = new GrammarBuilder();
        var parts = new JsonParts(builder);
        var callable = tools.Index().Where(tool => named?.Contains(tool.Item.Name) ?? true).ToList();
        var calls = new List<(string Name, int Arguments)>();
        foreach (var (index, tool) in callable)
        {
            var found = new List<SchemaProblem>();
            int rule = tool.Parameters is { } schema
                ? JsonConstraint.Draw(new SchemaPlace($"tools/{index}/parameters#", schema), parts, found)
                : builder.Rule("no arguments", at => builder.Literal(at, "{}"u8));
            problems.AddRange(found);
            calls.Add((tool.Name, rule));
        }
        var marks = ReasoningMarks.Where(tokens.HasControl).Select(TokenTrie.Control).ToList();
        var drawing = new ToolDrawing(parts, form.SpelledFor(tokens), marks, parallel && choice is not ToolChoice.Named ? MaxCalls : 1);
        int json = choice is ToolChoice.Auto && content is { } wanted ? JsonConstraint.Draw(new SchemaPlace("response_format#", wanted), parts, problems) : -1;
        int start = problems.Count > 0 ? 0 : builder.Rule("tools", at => choice switch
        {
            ToolChoice.Auto when json >= 0 => builder.Choice(at, from => builder.Call(from, json), from => drawing.Calls(from, calls)),
            ToolChoice.Auto => drawing.TextOrCalls(at, calls),
            _ => drawing.Calls(at, calls),
        });
        if (problems.Count == 0 && builder.IsFull)
            problems.Add(new SchemaProblem("tools", "", $"are too large together: their grammar has more than {GrammarBuilder.MaxStates} states. Offer fewer tools, or smaller schemas"));
        return JsonConstraint.Finish(builder, start, problems) switch
        {
            SchemaResult.Compiled compiled => Checked(compiled.Grammar, calls),
            SchemaResult.Refused refused => new ToolResult.Refused(refused.Problems),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>A tool that nothing can be passed to would be left out in silence.</summary>
    private static ToolResult Checked(Grammar grammar, List<(string Name, int Arguments)> calls)
    {
        var impossible = calls.Select(call => grammar.Rules[call.Arguments])
            .Where(rule => grammar.LeastBytes[rule.Start] >= ShortestWays.None || grammar.Nesting[rule.Start] >= Grammar.MaxNesting)
            .Select(rule => new SchemaProblem(rule.Name, "", "allows no value at all: some of its restrictions exclude each other, or it never ends"))
            .ToList();
        return impossible.Count > 0 ? new ToolResult.Refused(impossible) : new ToolResult.Compiled(grammar);
    }

    private static IEnumerable<SchemaProblem> Problems(IReadOnlyList<Tool> tools, ToolChoice choice, IReadOnlyCollection<string> named)
    {
        if (tools.Count > MaxTools)
            yield return new SchemaProblem("tools", "", $"has {tools.Count} tools; at most {MaxTools} work");
        foreach (var (index, tool) in tools.Index())
        {
            if (tool.Name.Length is 0 or > 64 || !Encoding.UTF8.GetBytes(tool.Name).All(NameCharacters.Contains))
                yield return new SchemaProblem($"tools/{index}/name", "", $"is '{tool.Name}' and must be 1 to 64 letters, digits, underscores and hyphens");
        }
        foreach (var twice in tools.GroupBy(tool => tool.Name).Where(group => group.Count() > 1))
            yield return new SchemaProblem("tools", "", $"has two tools of the name '{twice.Key}'");
        foreach (string absent in named.Except(tools.Select(tool => tool.Name)))
            yield return new SchemaProblem("tool_choice", "", $"names '{absent}', which is not among tools");
        if (choice is ToolChoice.Required && tools.Count == 0)
            yield return new SchemaProblem("tool_choice", "", "is required, but there are no tools");
    }
}
