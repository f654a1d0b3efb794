using System.Globalization;
using System.Text;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Syntax;

/// <summary>
/// Expressions, loosest binding first:
/// <code>
///   a if b else c     or     and     not     == != &lt; &lt;= &gt; &gt;= in, not in     + -     ~     * / // %     **     - +     . [] () | is
/// </code>
/// Every operator of two sides groups to the left, ** too, as in Jinja.
/// </summary>
internal sealed class ExpressionParser(LexemeReader reader)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>Words that end a test's name rather than start its argument.</summary>
    private static readonly string[] NoArgument = ["else", "or", "and", "if", "is", "in", "not"];

    public Expression Parse()
    {
        reader.Enter();
        var value = ParseOr();
        while (reader.IsName("if"))
        {
            int line = reader.Next().Line;
            var condition = ParseOr();
            var otherwise = reader.SkipName("else") ? Parse() : null;
            value = new Expression.Conditional(condition, value, otherwise, line);
        }
        reader.Leave();
        return value;
    }

    /// <summary><c>a</c>, or <c>a, b</c> as a tuple without brackets.</summary>
    public Expression ParseTuple()
    {
        var first = Parse();
        return reader.IsOperator(",") ? TupleFrom(first, Parse, static r => r.Current.Kind is LexemeKind.CloseBlock or LexemeKind.ClosePrint) : first;
    }

    /// <summary>What a loop runs over: an <c>if</c> behind it is the loop's filter, not a conditional.</summary>
    public Expression ParseIterable()
    {
        var first = ParseOr();
        return reader.IsOperator(",")
            ? TupleFrom(first, ParseOr, static r => r.Current.Kind == LexemeKind.CloseBlock || r.IsName("if") || r.IsName("recursive"))
            : first;
    }

    /// <summary>Filters on a value that is not in the source: <c>| upper | trim</c>, the first bar already read when <paramref name="barRead"/>.</summary>
    public Expression ParseFilters(Expression of, bool barRead)
    {
        if (barRead)
            of = ParseFilter(of);
        while (reader.SkipOperator("|"))
            of = ParseFilter(of);
        return of;
    }

    public ArgumentList ParseArguments()
    {
        reader.ExpectOperator("(");
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Expression? rest = null, namedRest = null;
        while (!reader.SkipOperator(")"))
        {
            if (reader.SkipOperator("**"))
                namedRest = namedRest is null ? Parse() : throw reader.Unexpected("only one '**'");
            else if (reader.SkipOperator("*"))
                rest = rest is null ? Parse() : throw reader.Unexpected("only one '*'");
            else if (reader.Current.Kind == LexemeKind.Name && reader.Peek(1) is { Kind: LexemeKind.Operator, Text: "=" })
                named.Add(NamedArgument());
            else if (named.Count > 0 || namedRest is not null)
                throw reader.Unexpected("a named argument");
            else
                positional.Add(Parse());
            if (!reader.IsOperator(")"))
                reader.ExpectOperator(",");
        }
        return new ArgumentList(positional, named, rest, namedRest);
    }

    private (string, Expression) NamedArgument()
    {
        string name = reader.Next().Text;
        reader.Next();
        return (name, Parse());
    }

    private Expression ParseOr() => LeftToRight(ParseAnd, static r => r.IsName("or"));

    private Expression ParseAnd() => LeftToRight(ParseNot, static r => r.IsName("and"));

    private Expression ParseNot()
    {
        if (!reader.IsName("not"))
            return ParseComparison();
        reader.Enter();
        int line = reader.Next().Line;
        var operand = ParseNot();
        reader.Leave();
        return new Expression.Unary("not", operand, line);
    }

    private Expression ParseComparison()
    {
        int line = reader.Current.Line;
        var first = ParseSum();
        List<(string, Expression)>? rest = null;
        while (ComparisonHere() is { } comparison)
            (rest ??= []).Add((comparison, ParseSum()));
        return rest is null ? first : new Expression.Comparison(first, rest, line);
    }

    private string? ComparisonHere()
    {
        if (reader.Current.Kind == LexemeKind.Operator && Comparisons.Contains(reader.Current.Text))
            return reader.Next().Text;
        if (reader.SkipName("in"))
            return "in";
        if (!reader.IsName("not") || reader.Peek(1) is not { Kind: LexemeKind.Name, Text: "in" })
            return null;
        reader.Next();
        reader.Next();
        return "not in";
    }

    private Expression ParseSum() => LeftToRight(ParseJoin, static r => r.IsOperator("+") || r.IsOperator("-"));

    private Expression ParseJoin() => LeftToRight(ParseProduct, static r => r.IsOperator("~"));

    private Expression ParseProduct()
        => LeftToRight(ParsePower, static r => r.IsOperator("*") || r.IsOperator("/") || r.IsOperator("//") || r.IsOperator("%"));

    private Expression ParsePower() => LeftToRight(() => ParseUnary(withFilters: true), static r => r.IsOperator("**"));

    private Expression LeftToRight(Func<Expression> operand, Predicate<LexemeReader> isOperator)
    {
        var left = operand();
        while (isOperator(reader))
        {
            var found = reader.Next();
            left = new Expression.Binary(found.Text, left, operand(), found.Line);
        }
        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Expression value;
        if (reader.IsOperator("-") || reader.IsOperator("+"))
        {
            reader.Enter();
            var sign = reader.Next();
            value = new Expression.Unary(sign.Text, ParseUnary(withFilters: false), sign.Line);
            reader.Leave();
        }
        else
            value = ParsePrimary();

        value = ParsePostfix(value);
        return withFilters ? ParseFiltersAndTests(value) : value;
    }

    private Expression ParseFiltersAndTests(Expression value)
    {
        while (true)
        {
            if (reader.SkipOperator("|"))
                value = ParseFilter(value);
            else if (reader.SkipName("is"))
                value = ParseTest(value);
            else if (reader.IsOperator("("))
                value = new Expression.Call(value, ParseArguments(), value.Line);
            else
                return value;
        }
    }

    private Expression.Filter ParseFilter(Expression of)
    {
        var name = reader.Expect(LexemeKind.Name, "a filter's name");
        return new Expression.Filter(of, name.Text, reader.IsOperator("(") ? ParseArguments() : ArgumentList.None, name.Line);
    }

    private Expression.Test ParseTest(Expression of)
    {
        bool negated = reader.SkipName("not");
        var name = reader.Expect(LexemeKind.Name, "a test's name");
        var arguments = ArgumentList.None;
        if (reader.IsOperator("("))
            arguments = ParseArguments();
        else if (reader.Current.Kind is LexemeKind.Text or LexemeKind.Integer or LexemeKind.Float || reader.IsOperator("[") || reader.IsOperator("{")
            || (reader.Current.Kind == LexemeKind.Name && !NoArgument.Contains(reader.Current.Text)))
            arguments = new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
        return new Expression.Test(of, name.Text, arguments, negated, name.Line);
    }

    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            int line = reader.Current.Line;
            if (reader.SkipOperator("."))
                value = ParseMember(value, line);
            else if (reader.SkipOperator("["))
                value = ParseItem(value, line);
            else if (reader.IsOperator("("))
                value = new Expression.Call(value, ParseArguments(), line);
            else
                return value;
        }
    }

    private Expression ParseMember(Expression of, int line) => reader.Current.Kind == LexemeKind.Integer
        ? new Expression.Item(of, ParsePrimary(), line)
        : new Expression.Attribute(of, reader.Expect(LexemeKind.Name, "an attribute's name").Text, line);

    private Expression ParseItem(Expression of, int line)
    {
        var start = reader.IsOperator(":") ? null : Parse();
        if (start is not null && reader.IsOperator(","))
            start = TupleFrom(start, Parse, static r => r.IsOperator("]"));
        if (start is not null && reader.SkipOperator("]"))
            return new Expression.Item(of, start, line);

        reader.ExpectOperator(":");
        var stop = reader.IsOperator(":") || reader.IsOperator("]") ? null : Parse();
        var step = reader.SkipOperator(":") && !reader.IsOperator("]") ? Parse() : null;
        reader.ExpectOperator("]");
        return new Expression.Slice(of, start, stop, step, line);
    }

    private Expression ParsePrimary()
    {
        var at = reader.Current;
        switch (at.Kind)
        {
            case LexemeKind.Name:
                reader.Next();
                reader.Name(at.Text);
                return at.Text switch
                {
                    "true" or "True" => new Expression.Literal(Value.True, at.Line),
                    "false" or "False" => new Expression.Literal(Value.False, at.Line),
                    "none" or "None" => new Expression.Literal(Value.Null, at.Line),
                    _ => new Expression.Variable(at.Text, at.Line),
                };
            case LexemeKind.Text:
                // Texts side by side are one, as in Python.
                var text = new StringBuilder(reader.Next().Text);
                while (reader.Current.Kind == LexemeKind.Text)
                    text.Append(reader.Next().Text);
                return new Expression.Literal(new Value.Text(text.ToString()), at.Line);
            case LexemeKind.Integer or LexemeKind.Float:
                return new Expression.Literal(NumberOf(reader.Next()), at.Line);
            case LexemeKind.Operator when at.Text == "(":
                return ParseParenthesised();
            case LexemeKind.Operator when at.Text == "[":
                reader.Next();
                return new Expression.List(ItemsUntil("]"), IsTuple: false, at.Line);
            case LexemeKind.Operator when at.Text == "{":
                return ParseMap();
            default:
                throw reader.Unexpected("a value");
        }
    }

    private static Value NumberOf(Lexeme number)
    {
        string digits = number.Text.Replace("_", "", StringComparison.Ordinal);
        if (number.Kind == LexemeKind.Float)
            return new Value.Float(double.Parse(digits, CultureInfo.InvariantCulture));
        bool hexadecimal = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (long.TryParse(hexadecimal ? digits.AsSpan(2) : digits, hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            return new Value.Integer(value);
        throw LexemeReader.Invalid(number, $"{number} does not fit into 64 bits");
    }

    private Expression ParseParenthesised()
    {
        int line = reader.Next().Line;
        if (reader.SkipOperator(")"))
            return new Expression.List([], IsTuple: true, line);
        var value = Parse();
        if (reader.IsOperator(","))
            value = TupleFrom(value, Parse, static r => r.IsOperator(")"));
        reader.ExpectOperator(")");
        return value;
    }

    private Expression.List TupleFrom(Expression first, Func<Expression> item, Predicate<LexemeReader> ends)
    {
        var items = new List<Expression> { first };
        while (reader.SkipOperator(",") && !ends(reader))
            items.Add(item());
        return new Expression.List(items, IsTuple: true, first.Line);
    }

    private List<Expression> ItemsUntil(string close)
    {
        var items = new List<Expression>();
        while (!reader.SkipOperator(close))
        {
            items.Add(Parse());
            if (!reader.IsOperator(close))
                reader.ExpectOperator(",");
        }
        return items;
    }

    private Expression.Map ParseMap()
    {
        int line = reader.Next().Line;
        var entries = new List<(Expression, Expression)>();
        while (!reader.SkipOperator("}"))
        {
            var key = Parse();
            reader.ExpectOperator(":");
            entries.Add((key, Parse()));
            if (!reader.IsOperator("}"))
                reader.ExpectOperator(",");
        }
        return new Expression.Map(entries, line);
    }
}
