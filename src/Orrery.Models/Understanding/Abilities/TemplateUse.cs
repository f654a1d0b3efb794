using System.Collections.Immutable;
using Orrery.Models.ChatTemplates;
using Orrery.Models.ChatTemplates.Syntax;

namespace Orrery.Models.Understanding.Abilities;

/// <summary>What chat templates do with what they are given, read from their source without rendering.</summary>
internal static class TemplateUse
{
    private const int MostChars = 1 << 20;

    /// <summary>Whether one of them writes tools down: it is there for that, or asks for the variable <c>tools</c>.</summary>
    public static bool OfTools(ImmutableArray<NamedTemplate> templates) => templates.Any(template => template.Name == "tool_use" || Names(template.Source, "tools"));

    /// <summary>Names of variables alone: words in texts, and members of other things, are none.</summary>
    private static bool Names(string source, string variable)
    {
        if (source.Length > MostChars)
            return false;
        try
        {
            var lexemes = Lexer.Read(source);
            for (int i = 0; i < lexemes.Count; i++)
            {
                if (lexemes[i] is { Kind: LexemeKind.Name } name && name.Text == variable && (i == 0 || lexemes[i - 1] is not { Kind: LexemeKind.Operator, Text: "." }))
                    return true;
            }
            return false;
        }
        catch (InvalidTemplateException)
        {
            // It cannot be rendered either; what is wrong with it is told where it is used.
            return false;
        }
    }
}
