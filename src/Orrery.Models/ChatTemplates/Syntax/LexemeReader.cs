using System.Runtime.CompilerServices;

namespace Orrery.Models.ChatTemplates.Syntax;

/// <summary>Where the parser is in the source, and how deep.</summary>
internal sealed class LexemeReader(List<Lexeme> lexemes, int maxNesting)
{
    private int _at;
    private int _nesting;

    public Lexeme Current => lexemes[_at];

    /// <summary>Names since the last <see cref="StartNaming"/>: a macro takes extra arguments only when it names what they go into.</summary>
    private HashSet<string> _named = [];

    public Lexeme Next()
    {
        var lexeme = lexemes[_at];
        if (_at < lexemes.Count - 1)
            _at++;
        return lexeme;
    }

    public Lexeme Peek(int ahead) => lexemes[Math.Min(_at + ahead, lexemes.Count - 1)];

    public bool IsOperator(string text) => Current.Kind == LexemeKind.Operator && Current.Text == text;

    public bool IsName(string text) => Current.Kind == LexemeKind.Name && Current.Text == text;

    public bool SkipOperator(string text) => IsOperator(text) && Skip();

    public bool SkipName(string text) => IsName(text) && Skip();

    public void ExpectOperator(string text)
    {
        if (!SkipOperator(text))
            throw Unexpected($"'{text}'");
    }

    public void ExpectName(string text)
    {
        if (!SkipName(text))
            throw Unexpected($"'{text}'");
    }

    public Lexeme Expect(LexemeKind kind, string what) => Current.Kind == kind ? Next() : throw Unexpected(what);

    public InvalidTemplateException Unexpected(string wanted) => Invalid(Current, $"unexpected {Current}; {wanted} is expected");

    public static InvalidTemplateException Invalid(Lexeme at, string problem) => new(at.Line, at.Column, problem);

    /// <summary>One bracket or block further in.</summary>
    public void Enter()
    {
        if (++_nesting > maxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Invalid(Current, $"more than {maxNesting} brackets and blocks are inside each other");
    }

    public void Leave() => _nesting--;

    public void Name(string name) => _named.Add(name);

    public HashSet<string> StartNaming()
    {
        var outer = _named;
        _named = [];
        return outer;
    }

    /// <returns>The names since the start; they count for the outer macro too.</returns>
    public HashSet<string> EndNaming(HashSet<string> outer)
    {
        var named = _named;
        outer.UnionWith(named);
        _named = outer;
        return named;
    }

    private bool Skip()
    {
        Next();
        return true;
    }
}
