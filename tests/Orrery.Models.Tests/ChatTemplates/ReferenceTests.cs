using System.Text;
using Orrery.Models.ChatTemplates;

namespace Orrery.Models.Tests.ChatTemplates;

/// <summary>Real templates on conversations of all shapes: the same text, or no text, as other engines give.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public async Task Every_template_renders_as_the_port_from_npm_does()
        => AssertSame(await ReferenceRenderer.NodeAsync(Cases().Select(c => (c.Source, c.Conversation.Input))), ReferenceDifferences.FromThePort);

    [Fact]
    public async Task Every_template_renders_as_Pythons_Jinja2_does()
        => AssertSame(await ReferenceRenderer.PythonAsync(Cases().Select(c => (c.Source, c.Conversation.Input))), ReferenceDifferences.FromPython);

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

    private static void AssertSame(IReadOnlyList<ReferenceRenderer.Outcome> references, IReadOnlyList<ReferenceDifferences.Row> known)
    {
        var problems = new StringBuilder();
        var unused = known.SelectMany(k => k.Templates.Split(' ')).ToHashSet();
        int same = 0;
        foreach (var ((name, source, conversation), reference) in Cases().Zip(references))
        {
            var actual = conversation.Render(ChatTemplate.Parse(source));
            if ((actual as ChatTemplateResult.Rendered)?.Text == reference.Text)
                same += reference.Text is null ? 0 : 1;
            else if (known.Any(k => k.Covers(name, conversation.Name)))
                unused.Remove(name);
            else
                problems.Append($"\n{name}, {conversation.Name}: {Difference(actual, reference)}");
        }
        foreach (string name in unused)
            problems.Append($"\n{name} no longer differs: take it out of the table");
        Assert.True(problems.Length == 0, problems.ToString());
        Assert.True(same > 500, $"only {same} texts are the same");
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
