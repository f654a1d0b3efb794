using System.Text;
using Orrery.Engine.Constraints.Tools;
using Orrery.Wire.OpenAI;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica.Tools;

/// <summary>
/// Tools for a model whose chat template knows none, or writes calls in a form that is not read here: they become text of the conversation.
/// The system message lists them and shows the form of calls, calls stand in the assistant's messages in that form, and results in the user's,
/// within <c>&lt;tool_response&gt;</c>.
/// </summary>
internal static class GenericTools
{
    public static ToolCallForm Form => ToolCallForm.Hermes;

    /// <param name="hasSystem">The template writes system messages; else the first message of the user lists the tools.</param>
    public static Conversation Of(Conversation conversation, bool hasSystem)
    {
        var messages = new List<ChatMessage>();
        foreach (var message in conversation.Messages)
        {
            if (message.ToolCallId is null)
                messages.Add(message.ToolCalls is null ? message : new ChatMessage(message.Role, WithCalls(message.Content, message.ToolCalls)));
            else if (messages is [.., { Role: "user" } before] && before.Content?.StartsWith("<tool_response>", StringComparison.Ordinal) == true)
                messages[^1] = before with { Content = $"{before.Content}\n{Response(message)}" };
            else
                messages.Add(new ChatMessage("user", Response(message)));
        }
        if (conversation.Tools.Count > 0)
            Show(conversation.Tools, messages, hasSystem ? "system" : "user");
        return new Conversation(messages, []);
    }

    private static void Show(IReadOnlyList<FunctionTool> tools, List<ChatMessage> messages, string role)
    {
        var text = new StringBuilder("You can call these functions, of which each line describes one:\n");
        foreach (var tool in tools)
            text.Append(Conversation.Line(tool)).Append('\n');
        text.Append("To call one, answer with its name and arguments:\n<tool_call>\n{\"name\": \"...\", \"arguments\": {...}}\n</tool_call>");

        if (messages.FindIndex(message => message.Role == role) is >= 0 and var at)
            messages[at] = messages[at] with { Content = role == "system" ? $"{messages[at].Content}\n\n{text}" : $"{text}\n\n{messages[at].Content}" };
        else
            messages.Insert(0, new ChatMessage(role, text.ToString()));
    }

    private static string WithCalls(string? content, IReadOnlyList<ToolCall> calls) => string.Join(
        '\n',
        [
            .. string.IsNullOrEmpty(content) ? Array.Empty<string>() : [content],
            .. calls.Select(call => $"<tool_call>\n{{\"name\": \"{call.Function.Name}\", \"arguments\": {call.Function.Arguments}}}\n</tool_call>"),
        ]);

    private static string Response(ChatMessage message) => $"<tool_response>\n{message.Content}\n</tool_response>";
}
