namespace Orrery.Models.ChatTemplates.Syntax;

/// <summary>What Python calls whitespace, which is a little more than .NET does.</summary>
internal static class Whitespace
{
    public static bool Is(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    public static string TrimStart(string text)
    {
        int start = 0;
        while (start < text.Length && Is(text[start]))
            start++;
        return text[start..];
    }

    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && Is(text[end - 1]))
            end--;
        return text[..end];
    }

    public static string Trim(string text) => TrimStart(TrimEnd(text));
}
