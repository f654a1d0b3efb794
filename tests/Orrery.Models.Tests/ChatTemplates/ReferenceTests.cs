using System.Text;
using Orrery.Models.ChatTemplates;

namespace Orrery.Models.Tests.ChatTemplates;

/// <summary>Real templates on conversations of all shapes: the same text, or no text, as other engines give.</summary>
public sealed class ReferenceTests
{
    /// <summary>Template and conversation where the port from npm is not followed, and why. Python's Jinja2 agrees with this engine in each.</summary>
    private static readonly (string Template, string Conversation, string Because)[] NotAsThePort =
    [
    ];

    /// <summary>Where Python's Jinja2 is not followed, and why.</summary>
    private static readonly (string Template, string Conversation, string Because)[] NotAsPython =
    [
    ];

    [Fact]
    public async Task Every_template_renders_as_the_port_from_npm_does()
        => AssertSame(await ReferenceRenderer.NodeAsync(Cases().Select(c => (c.Source, c.Conversation.Input))), NotAsThePort);

    [Fact]
    public async Task Every_template_renders_as_Pythons_Jinja2_does()
        => AssertSame(await ReferenceRenderer.PythonAsync(Cases().Select(c => (c.Source, c.Conversation.Input))), NotAsPython);

    private static List<(string Template, string Source, Conversation Conversation)> Cases()
    {
        string folder = Repository.Shared("models", "chat-templates");
        return
        [
            .. from file in Directory.EnumerateFiles(folder, "*.jinja").Order(StringComparer.Ordinal)
               let source = File.ReadAllText(file)
               from conversation in Conversation.All
               select (Path.GetFileNameWithoutExtension(file), source, conversation),
        ];
    }

    private static void AssertSame(IReadOnlyList<ReferenceRenderer.Outcome> references, (string Template, string Conversation, string Because)[] exceptions)
    {
        var differences = new StringBuilder();
        int texts = 0;
        foreach (var ((name, source, conversation), reference) in Cases().Zip(references))
        {
            var actual = conversation.Render(ChatTemplate.Parse(source));
            string? text = (actual as ChatTemplateResult.Rendered)?.Text;
            texts += text is null ? 0 : 1;
            bool same = text == reference.Text;
            bool excepted = exceptions.Any(e => e.Template == name && e.Conversation is "*" || e.Conversation == conversation.Name);
            if (same == excepted)
                differences.Append($"\n{name}, {conversation.Name}: {(same ? "is the same by now" : Difference(actual, reference))}");
        }
        Assert.True(differences.Length == 0, differences.ToString());
        Assert.True(texts > 100, $"only {texts} texts");
    }

    private static string Difference(ChatTemplateResult actual, ReferenceRenderer.Outcome reference)
    {
        if (actual is not ChatTemplateResult.Rendered { Text: var text } || reference.Text is not { } expected)
            return $"{actual} instead of {reference}";
        int at = text.AsSpan().CommonPrefixLength(expected);
        return $"from character {at}: …{Around(text, at)} instead of …{Around(expected, at)}";
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 20)..Math.Min(text.Length, at + 60)].ReplaceLineEndings("⏎");
}
