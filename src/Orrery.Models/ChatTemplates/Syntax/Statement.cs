namespace Orrery.Models.ChatTemplates.Syntax;

/// <param name="Line">Of the source, from 1.</param>
internal abstract record Statement(int Line)
{
    public sealed record Raw(string Text, int Line) : Statement(Line);

    public sealed record Print(Expression Value, int Line) : Statement(Line);

    /// <summary>The body of the first branch whose condition holds.</summary>
    public sealed record If(IReadOnlyList<(Expression Condition, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Otherwise, int Line)
        : Statement(Line);

    /// <param name="Filter">Elements for which it does not hold are not part of the loop at all.</param>
    /// <param name="Otherwise">Runs when there was no element.</param>
    public sealed record For(
        Target Target, Expression Over, Expression? Filter, bool Recursive, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Otherwise, int Line)
        : Statement(Line);

    public sealed record Set(Target Target, Expression Value, int Line) : Statement(Line);

    /// <param name="Filtered">The filters to apply to what the body prints, around <see cref="Printed"/>.</param>
    public sealed record SetBlock(Target Target, Expression Filtered, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

    public sealed record FilterBlock(Expression Filtered, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

    public sealed record DefineMacro(Macro Macro, int Line) : Statement(Line);

    /// <summary>Calls a macro that can print the body by calling <c>caller</c>.</summary>
    public sealed record CallBlock(Expression.Call Call, Macro Caller, int Line) : Statement(Line);

    /// <summary><c>with</c> and <c>generation</c>: what is set inside stays inside.</summary>
    public sealed record Scoped(IReadOnlyList<(Target Target, Expression Value)> Variables, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

    public sealed record Break(int Line) : Statement(Line);

    public sealed record Continue(int Line) : Statement(Line);

    /// <summary>The variable that holds what a filtered block printed. No source can spell it.</summary>
    public const string Printed = "\0printed";
}

/// <param name="UsesVarargs">It names <c>varargs</c> and so takes more arguments than parameters; likewise the next two.</param>
internal sealed record Macro(
    string Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body, bool UsesVarargs, bool UsesKwargs, bool UsesCaller);

/// <summary>What a value is assigned to.</summary>
internal abstract record Target
{
    public sealed record Name(string Text) : Target;

    public sealed record Tuple(IReadOnlyList<Target> Items) : Target;

    /// <summary>Of a namespace; nothing else can be changed.</summary>
    public sealed record Member(string Namespace, string Attribute) : Target;
}
