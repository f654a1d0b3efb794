using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Syntax;

/// <param name="Line">Of the source, from 1.</param>
internal abstract record Expression(int Line)
{
    public sealed record Literal(Value Value, int Line) : Expression(Line);

    public sealed record Variable(string Name, int Line) : Expression(Line);

    public sealed record List(IReadOnlyList<Expression> Items, bool IsTuple, int Line) : Expression(Line);

    public sealed record Map(IReadOnlyList<(Expression Key, Expression Value)> Entries, int Line) : Expression(Line);

    /// <summary><c>of.name</c>: a method before a key of that name.</summary>
    public sealed record Attribute(Expression Of, string Name, int Line) : Expression(Line);

    /// <summary><c>of[key]</c>: a key before a method of that name.</summary>
    public sealed record Item(Expression Of, Expression Key, int Line) : Expression(Line);

    public sealed record Slice(Expression Of, Expression? Start, Expression? Stop, Expression? Step, int Line) : Expression(Line);

    public sealed record Call(Expression Callee, ArgumentList Arguments, int Line) : Expression(Line);

    public sealed record Filter(Expression Of, string Name, ArgumentList Arguments, int Line) : Expression(Line);

    public sealed record Test(Expression Of, string Name, ArgumentList Arguments, bool Negated, int Line) : Expression(Line);

    /// <param name="Operator"><c>-</c>, <c>+</c> or <c>not</c>.</param>
    public sealed record Unary(string Operator, Expression Operand, int Line) : Expression(Line);

    /// <param name="Operator"><c>and or + - * / // % ** ~</c></param>
    public sealed record Binary(string Operator, Expression Left, Expression Right, int Line) : Expression(Line);

    /// <summary><c>first op next op next …</c>: true when each neighbouring pair compares so.</summary>
    public sealed record Comparison(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest, int Line) : Expression(Line);

    /// <summary><c>then if condition else otherwise</c>; without an else it is undefined.</summary>
    public sealed record Conditional(Expression Condition, Expression Then, Expression? Otherwise, int Line) : Expression(Line);
}

/// <param name="Rest">After <c>*</c>.</param>
/// <param name="NamedRest">After <c>**</c>.</param>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Rest, Expression? NamedRest)
{
    public static ArgumentList None { get; } = new([], [], null, null);
}
