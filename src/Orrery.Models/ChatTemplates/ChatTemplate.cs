using Orrery.Models.ChatTemplates.Evaluation;
using Orrery.Models.ChatTemplates.Syntax;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates;

/// <summary>
/// How a model wants a conversation written: a template in the part of Jinja that chat templates use.
/// <code>
///   source ──Lexer──▶ lexemes ──StatementParser──▶ statements ──Renderer──▶ text
///                                                      ▲ messages, tools, special tokens as Values
/// </code>
/// Renders what the transformers library would (Jinja2's immutable sandbox with trim_blocks, lstrip_blocks, loop controls and
/// <c>generation</c> tags), with these differences: filters that Jinja makes lazy give lists, <c>safe</c> does nothing, integers have 64
/// bits, and <c>from_json</c> exists. Nothing that a template does goes on for long or takes much memory:
/// see <see cref="ChatTemplateOptions"/>. Immutable; safe to share between threads.
/// </summary>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<Statement> _body;
    private readonly ChatTemplateOptions _options;

    private ChatTemplate(IReadOnlyList<Statement> body, ChatTemplateOptions options)
    {
        _body = body;
        _options = options;
    }

    /// <exception cref="InvalidTemplateException">The source is not in the language, or beyond a bound.</exception>
    public static ChatTemplate Parse(string source, ChatTemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new ChatTemplateOptions();
        if (source.Length > options.MaxSourceChars)
            throw new InvalidTemplateException(1, 1, $"the template has {source.Length} characters; at most {options.MaxSourceChars} are read");
        return new ChatTemplate(StatementParser.Parse(source, options.MaxNesting), options);
    }

    public ChatTemplateResult Render(ChatTemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var meter = new Meter(_options);
        try
        {
            var scope = new Scope(Variables(input, meter));
            var text = new MeteredText(meter);
            new Renderer(new Evaluator(meter)).Run(_body, scope, text);
            return new ChatTemplateResult.Rendered(text.ToString());
        }
        catch (TemplateFailure failure)
        {
            string message = TemplateMessage.OneLine(failure.Message);
            return failure.Refused ? new ChatTemplateResult.Refused(message) : new ChatTemplateResult.Failed(meter.Line, message);
        }
    }

    private static Scope Variables(ChatTemplateInput input, Meter meter)
    {
        var scope = new Scope(outer: null);
        Globals.AddTo(scope, input.Time, meter);
        foreach (var (name, text) in input.SpecialTokens)
            scope.Set(name, new Value.Text(text));
        scope.Set("messages", JsonValues.Of(input.Messages));
        scope.Set("tools", input.Tools is { } tools ? JsonValues.Of(tools) : Value.Null);
        scope.Set("documents", input.Documents is { } documents ? JsonValues.Of(documents) : Value.Null);
        scope.Set("add_generation_prompt", Value.Of(input.AddGenerationPrompt));
        foreach (var (name, value) in input.Variables)
            scope.Set(name, JsonValues.Of(value));
        return scope;
    }
}
