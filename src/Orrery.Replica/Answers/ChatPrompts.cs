using Microsoft.Extensions.Logging;
using Orrery.Engine;
using Orrery.Engine.Constraints.Tools;
using Orrery.Models.ChatTemplates;
using Orrery.Replica.Tools;
using Orrery.Wire.OpenAI;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica.Answers;

/// <summary>
/// Conversations to token ids, through the model's chat template where it has one. A template that cannot be read does not stop the
/// model: completions need none, and chat says what is wrong with it.
/// </summary>
internal sealed partial class ChatPrompts
{
    private readonly ITextModel _model;
    private readonly TimeProvider _time;
    private readonly ChatTemplate? _template;
    private readonly string? _templateProblem;
    private readonly ToolTemplate _tools;

    public ChatPrompts(ITextModel model, TimeProvider time, ILogger log)
    {
        _model = model;
        _time = time;
        try
        {
            _template = model.Card.ChatTemplate is { } source ? ChatTemplate.Parse(source) : null;
        }
        catch (InvalidTemplateException e)
        {
            _templateProblem = e.Message;
            LogUnreadable(log, model.Card.Name, e.Message);
        }
        _tools = new ToolTemplate(_template);
    }

    /// <summary>How this model writes calls.</summary>
    public ToolCallForm CallForm => _tools.Form;

    /// <param name="tools">Null: none. Those that may not be called are not shown.</param>
    /// <param name="addGenerationPrompt">Ends with the opening of the assistant's answer, as generation needs it.</param>
    public ChatPrompt Of(IReadOnlyList<ChatMessage> messages, ToolRequest? tools = null, bool addGenerationPrompt = true)
    {
        if (_templateProblem is not null)
        {
            return new ChatPrompt.Refused(new OpenAIError(
                500, "invalid_chat_template", $"This model's chat template cannot be read: {_templateProblem}. Use /v1/completions, or a file with another template."));
        }
        var conversation = _tools.Of(new Conversation(messages, tools is null or { Mode: ToolMode.None } ? [] : tools.Tools));
        if (_template is null)
            return new ChatPrompt.Tokens(_model.Tokenizer.Encode(Plain(conversation.Messages), addSpecial: true));
        return _template.Render(Input(conversation, addGenerationPrompt)) switch
        {
            ChatTemplateResult.Rendered rendered => new ChatPrompt.Tokens(TokensOf(rendered.Text)),
            ChatTemplateResult.Refused refused => new ChatPrompt.Refused(new OpenAIError(
                400, "chat_template_refused", $"This model's chat template refuses the conversation: {refused.Message}", "messages")),
            ChatTemplateResult.Failed failed => new ChatPrompt.Refused(new OpenAIError(
                400, "chat_template_failed", $"This model's chat template cannot render the conversation (its line {failed.Line}): {failed.Message}", "messages")),
            var other => throw new InvalidOperationException($"A chat template gave {other.GetType().Name}."),
        };
    }

    /// <summary>
    /// A conversation as plain text: the contents, one per line, without roles. A model without a chat template has never seen role
    /// markers, so it gets a text that it can continue.
    /// </summary>
    internal static string Plain(IReadOnlyList<ChatMessage> messages)
        => string.Join('\n', messages.Select(m => m.Content).Where(c => !string.IsNullOrEmpty(c)));

    private ChatTemplateInput Input(Conversation conversation, bool addGenerationPrompt) => new()
    {
        Messages = conversation.MessagesJson(_tools.IdOf),
        Tools = conversation.ToolsJson(),
        AddGenerationPrompt = addGenerationPrompt,
        SpecialTokens = SpecialTokens,
        Time = _time,
    };

    /// <summary>Control tokens as the vocabulary spells them; empty where the model has none.</summary>
    private Dictionary<string, string> SpecialTokens => new()
    {
        ["bos_token"] = _model.Tokenizer.BeginOfSequence is { } begin ? _model.Tokenizer.NameOf(begin) : "",
        ["eos_token"] = _model.Tokenizer.EndOfText.Count > 0 ? _model.Tokenizer.NameOf(_model.Tokenizer.EndOfText.Min()) : "",
    };

    private IReadOnlyList<int> TokensOf(string rendered)
    {
        var tokens = _model.Tokenizer.Encode(rendered, addSpecial: true, parseSpecial: true);
        // Most templates write the begin themselves; those that leave it out rely on the tokenizer.
        bool twice = tokens.Count > 1 && tokens[0] == _model.Tokenizer.BeginOfSequence && tokens[1] == tokens[0];
        return twice ? [.. tokens.Skip(1)] : tokens;
    }

    [LoggerMessage(LogLevel.Warning, "The chat template of {Model} cannot be read, so chat is refused: {Problem}")]
    private static partial void LogUnreadable(ILogger log, string model, string problem);
}

/// <summary>What came of a conversation. One of the nested cases.</summary>
internal abstract record ChatPrompt
{
    public sealed record Tokens(IReadOnlyList<int> Ids) : ChatPrompt;

    public sealed record Refused(OpenAIError Error) : ChatPrompt;
}
