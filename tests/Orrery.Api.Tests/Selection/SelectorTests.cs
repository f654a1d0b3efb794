using Orrery.Api.Selection;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

namespace Orrery.Api.Tests.Selection;

public sealed class SelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["team"] = "blue", ["orrery.dev/tier"] = "gold", ["empty"] = "", ["replicas"] = "3" };

    [Theory]
    [InlineData("team=blue", true)]
    [InlineData("team==blue", true)]
    [InlineData("team=red", false)]
    [InlineData("team!=red", true)]
    [InlineData("absent!=red", true)]
    [InlineData("absent=", false)]
    [InlineData("empty=", true)]
    [InlineData("team", true)]
    [InlineData("!team", false)]
    [InlineData("!absent", true)]
    [InlineData("team in (red, blue)", true)]
    [InlineData("team notin (red,blue)", false)]
    [InlineData("absent notin (red)", true)]
    [InlineData("empty in ()", true)]
    [InlineData("team in (red,,blue)", true)]
    [InlineData("replicas>2", true)]
    [InlineData("replicas > 3", false)]
    [InlineData("replicas<4,replicas>-1", true)]
    [InlineData("team>1", false)]
    [InlineData("absent<1", false)]
    [InlineData("orrery.dev/tier=gold,team in (blue),!absent", true)]
    [InlineData("orrery.dev/tier=gold,team=red", false)]
    public void Labels_are_matched(string text, bool expected)
    {
        var (selector, problem) = LabelSelector.Parse(text);

        Assert.Null(problem);
        Assert.Equal(expected, selector!.Matches(Labels));
    }

    [Theory]
    [InlineData("=")]
    [InlineData("a===b")]
    [InlineData("a=b=c")]
    [InlineData("a in b")]
    [InlineData("a within (b)")]
    [InlineData("a in (b")]
    [InlineData("a b")]
    [InlineData("a,,b")]
    [InlineData("!")]
    [InlineData("a>b")]
    [InlineData("a<")]
    [InlineData("a>=1")]
    [InlineData("-a=b")]
    [InlineData("a/b/c=d")]
    [InlineData("a in (b c)")]
    [InlineData("a=-b")]
    [InlineData("ä=b")]
    public void What_is_no_selector_is_named(string text)
    {
        var (selector, problem) = LabelSelector.Parse(text);

        Assert.Null(selector);
        Assert.StartsWith("labelSelector: ", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=b,")]
    [InlineData("a in (b")]
    [InlineData("((((")]
    public void A_very_long_selector_is_refused_and_not_repeated(string part)
    {
        string text = string.Concat(Enumerable.Repeat(part, 100_000));

        Assert.InRange(LabelSelector.Parse(text).Problem!.Length, 1, 500);
        Assert.InRange(FieldSelector.Parse(text, InferenceService.Kind).Problem!.Length, 1, 500);
        Assert.InRange(LabelSelector.Parse(text[..LabelSelector.MaxLength]).Problem!.Length, 1, 500);
    }

    [Theory]
    [InlineData("metadata.name=stories", true)]
    [InlineData("metadata.name!=stories", false)]
    [InlineData("metadata.namespace=default,metadata.name==stories", true)]
    [InlineData("metadata.namespace=other", false)]
    public void Fields_are_matched(string text, bool expected)
        => Assert.Equal(expected, FieldSelector.Parse(text, InferenceService.Kind).Selector!.Matches(Resources.Document.From(TestApi.Service("stories"))));

    [Fact]
    public void Events_are_found_by_what_they_happened_to()
    {
        var happened = Resources.Document.From(new Event
        {
            Metadata = new Resources.Metadata { Name = "e", Namespace = "default" },
            InvolvedObject = new ObjectReference { Kind = "InferenceService", Name = "stories" },
            Source = new EventSource { Component = "control" },
        });

        Assert.True(FieldSelector.Parse("involvedObject.name=stories,source=control", Event.Kind).Selector!.Matches(happened));
        Assert.False(FieldSelector.Parse("involvedObject.name=other", Event.Kind).Selector!.Matches(happened));
        Assert.Null(FieldSelector.Parse("involvedObject.name=stories", InferenceService.Kind).Selector);
    }
}
