namespace Orrery.Models.ChatTemplates;

/// <summary>What came of rendering a conversation. One of the nested cases; each is an expected outcome.</summary>
public abstract record ChatTemplateResult
{
    private ChatTemplateResult()
    {
    }

    /// <param name="Text">The prompt. Special tokens are in it as text.</param>
    public sealed record Rendered(string Text) : ChatTemplateResult;

    /// <summary>The template called <c>raise_exception</c>: it does not take conversations like this one.</summary>
    /// <param name="Message">One line, the template's own words.</param>
    public sealed record Refused(string Message) : ChatTemplateResult;

    /// <summary>The template does something that makes no sense with this conversation, or more than its bounds allow.</summary>
    /// <param name="Line">Of the template, from 1; 0 when the input itself is at fault.</param>
    /// <param name="Message">One line.</param>
    public sealed record Failed(int Line, string Message) : ChatTemplateResult;
}
