namespace Orrery.Models.ChatTemplates;

/// <summary>A chat template that is not in the language. The message is one line: where, what is wrong, and what was expected.</summary>
public sealed class InvalidTemplateException(int line, int column, string problem)
    : Exception($"chat template, line {line}, column {column}: {TemplateMessage.OneLine(problem)}")
{
    /// <summary>From 1.</summary>
    public int Line { get; } = line;

    /// <summary>From 1, in UTF-16 units.</summary>
    public int Column { get; } = column;
}
