namespace Orrery.Models.ChatTemplates.Syntax;

/// <summary>A piece of template source. ("Token" is a model's word here.)</summary>
/// <param name="Text">Raw text, a name, digits, an operator, or a string literal's value.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct Lexeme(LexemeKind Kind, string Text, int Line, int Column)
{
    public override string ToString() => Kind switch
    {
        LexemeKind.End => "the template's end",
        LexemeKind.Raw => "text",
        LexemeKind.OpenBlock or LexemeKind.CloseBlock or LexemeKind.OpenPrint or LexemeKind.ClosePrint or LexemeKind.Operator => $"'{Text}'",
        LexemeKind.Name => TemplateMessage.Quote(Text),
        LexemeKind.Text => "a text",
        _ => $"the number {TemplateMessage.Quote(Text)}",
    };
}

internal enum LexemeKind
{
    /// <summary>Text outside of tags, whitespace control applied.</summary>
    Raw,

    /// <summary><c>{%</c></summary>
    OpenBlock,

    /// <summary><c>%}</c></summary>
    CloseBlock,

    /// <summary><c>{{</c></summary>
    OpenPrint,

    /// <summary><c>}}</c></summary>
    ClosePrint,

    Name,
    Text,
    Integer,
    Float,
    Operator,
    End,
}
