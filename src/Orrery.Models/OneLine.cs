using System.Text;

namespace Orrery.Models;

/// <summary>Texts that strangers wrote, fit to be shown and stored: one line without control characters, and not endless.</summary>
internal static class OneLine
{
    public static string Of(string text, int mostChars)
    {
        var line = new StringBuilder(Math.Min(text.Length, mostChars));
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, mostChars)))
            line.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c);
        return line.ToString();
    }
}
