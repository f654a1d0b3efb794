using System.Text;

namespace Orrery.Models;

/// <summary>
/// A model file that cannot be used: corrupt, cut short, or of a kind that this engine does not run.
/// The message is one line: the file, the part of it, what is wrong with which value, and what to do next.
/// </summary>
public sealed class InvalidModelFileException(string file, string subject, string problem, string nextStep, Exception? inner = null)
    : Exception(OneLine($"{file}: {subject} {problem}. {nextStep}"), inner)
{
    /// <summary>For damage that no reader could get around.</summary>
    internal const string GetItAgain = "The file is damaged or incomplete: download or convert it again.";

    /// <summary>A file's message may quote what the file holds; this bounds it.</summary>
    private const int MaxMessageChars = 600;

    public string File { get; } = file;

    /// <summary>The tensor, key or header field at fault.</summary>
    public string Subject { get; } = subject;

    /// <summary>A name from the file, fit to be shown: quoted and not endless.</summary>
    internal static string Quote(string name) => name.Length <= 80 ? $"'{name}'" : $"'{name[..80]}...'";

    private static string OneLine(string message)
    {
        var line = new StringBuilder(Math.Min(message.Length, MaxMessageChars));
        foreach (char c in message.AsSpan(0, Math.Min(message.Length, MaxMessageChars)))
            line.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c);
        return line.ToString();
    }
}
