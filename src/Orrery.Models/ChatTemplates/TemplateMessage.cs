using System.Text;

namespace Orrery.Models.ChatTemplates;

/// <summary>Messages quote what a template holds, and a template comes from a stranger: this keeps them to one line of bounded length.</summary>
internal static class TemplateMessage
{
    private const int MaxChars = 600;

    private const int MaxQuotedChars = 60;

    public static string Quote(string text) => text.Length <= MaxQuotedChars ? $"'{text}'" : $"'{text.AsSpan(0, MaxQuotedChars)}...'";

    public static string OneLine(string message)
    {
        var line = new StringBuilder(Math.Min(message.Length, MaxChars));
        foreach (char c in message.AsSpan(0, Math.Min(message.Length, MaxChars)))
            line.Append(char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c);
        return line.ToString();
    }
}
