namespace Orrery.Models.ChatTemplates.Syntax;

/// <summary>A whole template: text, printing tags and blocks.</summary>
internal sealed class StatementParser
{
    private readonly LexemeReader _reader;
    private readonly ExpressionParser _expressions;

    private int _loops;

    private StatementParser(LexemeReader reader)
    {
        _reader = reader;
        _expressions = new ExpressionParser(reader);
    }

    /// <exception cref="InvalidTemplateException"/>
    public static IReadOnlyList<Statement> Parse(string source, int maxNesting)
    {
        var parser = new StatementParser(new LexemeReader(Lexer.Read(source), maxNesting));
        var statements = parser.ParseUntil(null);
        return statements;
    }

    /// <summary>Statements up to a block tag of one of these names. That tag's name is read; what follows it is not. Null: to the template's end.</summary>
    private List<Statement> ParseUntil(Lexeme? opened, params ReadOnlySpan<string> ends)
    {
        _reader.Enter();
        var statements = new List<Statement>();
        while (true)
        {
            var at = _reader.Next();
            switch (at.Kind)
            {
                case LexemeKind.Raw:
                    statements.Add(new Statement.Raw(at.Text, at.Line));
                    break;
                case LexemeKind.OpenPrint:
                    statements.Add(new Statement.Print(_expressions.ParseTuple(), at.Line));
                    _reader.Expect(LexemeKind.ClosePrint, "'}}'");
                    break;
                case LexemeKind.OpenBlock when opened is not null && _reader.Current.Kind == LexemeKind.Name && ends.Contains(_reader.Current.Text):
                    _reader.Leave();
                    return statements;
                case LexemeKind.OpenBlock:
                    statements.Add(ParseBlock());
                    break;
                case LexemeKind.End when opened is { } tag:
                    throw LexemeReader.Invalid(tag, $"the block {tag} has no end; '{{% {ends[^1]} %}}' is expected");
                default:
                    _reader.Leave();
                    return statements;
            }
        }
    }

    private Statement ParseBlock()
    {
        var tag = _reader.Expect(LexemeKind.Name, "a block's name");
        switch (tag.Text)
        {
            case "if":
                return ParseIf(tag);
            case "for":
                return ParseFor(tag);
            case "set":
                return ParseSet(tag);
            case "macro":
                string name = _reader.Expect(LexemeKind.Name, "the macro's name").Text;
                return new Statement.DefineMacro(ParseMacro(tag, name, ParseParameters(), "endmacro"), tag.Line);
            case "call":
                return ParseCall(tag);
            case "filter":
                var filtered = _expressions.ParseFilters(new Expression.Variable(Statement.Printed, tag.Line), barRead: true);
                return new Statement.FilterBlock(filtered, ParseBody(tag, "endfilter"), tag.Line);
            case "with":
                return ParseWith(tag);
            case "generation":
                return new Statement.Scoped([], ParseBody(tag, "endgeneration"), tag.Line);
            case "break" or "continue":
                return ParseJump(tag);
            case ['e', 'n', 'd', ..] or "else" or "elif":
                throw LexemeReader.Invalid(tag, $"{tag} ends a block that is not open here");
            default:
                throw LexemeReader.Invalid(tag, $"{tag} is no block of chat templates; if, for, set, macro, call, filter, with, generation, break and continue are");
        }
    }

    private List<Statement> ParseBody(Lexeme tag, string end)
    {
        CloseTag();
        var body = ParseUntil(tag, end);
        _reader.ExpectName(end);
        CloseTag();
        return body;
    }

    private Statement.If ParseIf(Lexeme tag)
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        List<Statement> otherwise = [];
        do
        {
            var condition = _expressions.ParseTuple();
            CloseTag();
            branches.Add((condition, ParseUntil(tag, "elif", "else", "endif")));
        }
        while (_reader.SkipName("elif"));
        if (_reader.SkipName("else"))
        {
            CloseTag();
            otherwise = ParseUntil(tag, "endif");
        }
        _reader.ExpectName("endif");
        CloseTag();
        return new Statement.If(branches, otherwise, tag.Line);
    }

    private Statement.For ParseFor(Lexeme tag)
    {
        var target = ParseTarget(mayBeMember: false);
        _reader.ExpectName("in");
        var over = _expressions.ParseIterable();
        var filter = _reader.SkipName("if") ? _expressions.Parse() : null;
        bool recursive = _reader.SkipName("recursive");
        CloseTag();
        _loops++;
        var body = ParseUntil(tag, "else", "endfor");
        _loops--;
        List<Statement> otherwise = [];
        if (_reader.SkipName("else"))
        {
            CloseTag();
            otherwise = ParseUntil(tag, "endfor");
        }
        _reader.ExpectName("endfor");
        CloseTag();
        return new Statement.For(target, over, filter, recursive, body, otherwise, tag.Line);
    }

    private Statement ParseSet(Lexeme tag)
    {
        var target = ParseTarget(mayBeMember: true);
        if (_reader.SkipOperator("="))
        {
            var value = _expressions.ParseTuple();
            CloseTag();
            return new Statement.Set(target, value, tag.Line);
        }
        var filtered = _expressions.ParseFilters(new Expression.Variable(Statement.Printed, tag.Line), barRead: false);
        return new Statement.SetBlock(target, filtered, ParseBody(tag, "endset"), tag.Line);
    }

    private Statement.CallBlock ParseCall(Lexeme tag)
    {
        var parameters = _reader.IsOperator("(") ? ParseParameters() : [];
        if (_expressions.Parse() is not Expression.Call call)
            throw LexemeReader.Invalid(tag, "'call' must be followed by a call of a macro");
        return new Statement.CallBlock(call, ParseMacro(tag, "caller", parameters, "endcall"), tag.Line);
    }

    private Statement.Scoped ParseWith(Lexeme tag)
    {
        var variables = new List<(Target, Expression)>();
        while (_reader.Current.Kind != LexemeKind.CloseBlock)
        {
            var target = ParseTarget(mayBeMember: false);
            _reader.ExpectOperator("=");
            variables.Add((target, _expressions.Parse()));
            if (_reader.Current.Kind != LexemeKind.CloseBlock)
                _reader.ExpectOperator(",");
        }
        return new Statement.Scoped(variables, ParseBody(tag, "endwith"), tag.Line);
    }

    private Statement ParseJump(Lexeme tag)
    {
        if (_loops == 0)
            throw LexemeReader.Invalid(tag, $"{tag} is outside of a loop");
        CloseTag();
        return tag.Text == "break" ? new Statement.Break(tag.Line) : new Statement.Continue(tag.Line);
    }

    private Macro ParseMacro(Lexeme tag, string name, List<(string, Expression?)> parameters, string end)
    {
        var outer = _reader.StartNaming();
        int loops = _loops;
        _loops = 0;
        var body = ParseBody(tag, end);
        _loops = loops;
        var named = _reader.EndNaming(outer);
        return new Macro(name, parameters, body, named.Contains("varargs"), named.Contains("kwargs"), named.Contains("caller"));
    }

    private List<(string, Expression?)> ParseParameters()
    {
        _reader.ExpectOperator("(");
        var parameters = new List<(string Name, Expression? Default)>();
        while (!_reader.SkipOperator(")"))
        {
            var name = _reader.Expect(LexemeKind.Name, "a parameter's name");
            if (parameters.Exists(p => p.Name == name.Text))
                throw LexemeReader.Invalid(name, $"the parameter {name} is there twice");
            parameters.Add((name.Text, _reader.SkipOperator("=") ? _expressions.Parse() : null));
            if (!_reader.IsOperator(")"))
                _reader.ExpectOperator(",");
        }
        return parameters;
    }

    /// <summary><c>a</c>, <c>a, (b, c)</c>, or <c>a.b</c>.</summary>
    private Target ParseTarget(bool mayBeMember)
    {
        var first = ParseOneTarget(mayBeMember);
        if (!_reader.IsOperator(","))
            return first;
        var items = new List<Target> { first };
        while (_reader.SkipOperator(",") && (_reader.Current.Kind == LexemeKind.Name && !_reader.IsName("in") || _reader.IsOperator("(")))
            items.Add(ParseOneTarget(mayBeMember));
        return new Target.Tuple(items);
    }

    private Target ParseOneTarget(bool mayBeMember)
    {
        if (_reader.SkipOperator("("))
        {
            _reader.Enter();
            var inner = ParseTarget(mayBeMember);
            _reader.ExpectOperator(")");
            _reader.Leave();
            return inner;
        }
        var name = _reader.Expect(LexemeKind.Name, "a variable's name");
        if (name.Text is "true" or "True" or "false" or "False" or "none" or "None" or "not" or "and" or "or" or "in" or "is" or "if" or "else")
            throw LexemeReader.Invalid(name, $"{name} cannot be a variable");
        return mayBeMember && _reader.SkipOperator(".")
            ? new Target.Member(name.Text, _reader.Expect(LexemeKind.Name, "an attribute's name").Text)
            : new Target.Name(name.Text);
    }

    private void CloseTag() => _reader.Expect(LexemeKind.CloseBlock, "'%}'");
}
