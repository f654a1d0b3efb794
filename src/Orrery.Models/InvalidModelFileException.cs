namespace Orrery.Models;

/// <summary>
/// A model file that cannot be used: corrupt, cut short, or of a kind that this engine does not run.
/// The message is one line: the file, the part of it, what is wrong with which value, and what to do next.
/// </summary>
public sealed class InvalidModelFileException(string file, string subject, string problem, string nextStep, Exception? inner = null)
    : Exception(OneLine.Of($"{file}: {subject} {problem}. {nextStep}", MaxMessageChars), inner)
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
}
