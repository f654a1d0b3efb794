using System.Text.Json.Nodes;
using Orrery.Cli.Editing;
using Orrery.Resources.Text;

namespace Orrery.Cli.Tests.Editing;

public sealed class EditedTextTests
{
    private static readonly JsonObject Before = JsonNode.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"x":"1","y":"2"}},"data":{"k":"v"},"list":[1,2]}""")!.AsObject();

    [Theory]
    [InlineData("nothing changed",   "",                    "",                 "{}")]
    [InlineData("a value",           "k: v",                "k: w",             """{"data":{"k":"w"}}""")]
    [InlineData("a field gone",      "    x: \"1\"\n",      "",                 """{"metadata":{"labels":{"x":null}}}""")]
    [InlineData("a list whole",      "- 2\n",               "- 3\n",            """{"list":[1,3]}""")]
    [InlineData("a part gone",       "data:\n  k: v\n",     "",                 """{"data":null}""")]
    public void What_was_changed_is_what_is_sent(string because, string old, string now, string expected)
    {
        string text = EditedText.With(null, "configmap/a", Yaml.Write(Before));
        if (old.Length > 0)
            text = text.Replace(old, now, StringComparison.Ordinal);

        var (patch, problem) = EditedText.Patch(Before, EditedText.Body(text));

        Assert.True(problem is null && JsonNode.DeepEquals(JsonNode.Parse(expected), patch), $"{because}: {problem} {patch?.ToJsonString()}");
    }

    [Theory]
    [InlineData("name: a", "name: b", "metadata.name: 'b' must stay 'a'")]
    [InlineData("kind: ConfigMap", "kind: Secret", "kind: 'Secret' must stay 'ConfigMap'")]
    [InlineData("k: v", "k: [v", "not closed")]
    [InlineData("list:", "---\nlist:", "one document")]
    public void What_cannot_be_sent_is_told(string old, string now, string expected)
        => Assert.Contains(expected, EditedText.Patch(Before, Yaml.Write(Before).Replace(old, now, StringComparison.Ordinal)).Problem);

    [Fact]
    public void An_empty_text_changes_nothing()
        => Assert.Empty(EditedText.Patch(Before, "\n").Patch!);

    [Fact]
    public void A_problem_stands_above_the_text_as_it_was_left_and_is_no_part_of_it()
    {
        string text = EditedText.With("spec.x: must be\n1 or more", "configmap/a", "k: [v\n# mine\n");

        Assert.StartsWith("# configmap/a was not changed: spec.x: must be\n# 1 or more\n", text);
        Assert.Equal("k: [v\n# mine\n", EditedText.Body(text));
    }
}
