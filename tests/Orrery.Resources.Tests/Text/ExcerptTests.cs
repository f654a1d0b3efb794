using System.Text.Json.Nodes;
using Orrery.Resources.Text;

namespace Orrery.Resources.Tests.Text;

public sealed class ExcerptTests
{
    [Fact]
    public void Short_texts_stay_and_long_ones_are_cut_between_letters()
    {
        string hundred = new('a', 100);

        Assert.Equal(hundred, Excerpt.Of(hundred));
        Assert.Equal(hundred + "…", Excerpt.Of(hundred + "b"));
        Assert.Equal(hundred[1..] + "…", Excerpt.Of(hundred[1..] + "😀"));
    }

    [Fact]
    public void Json_is_shown_as_it_is_written()
    {
        Assert.Equal("null", Excerpt.Of((JsonNode?)null));
        Assert.Equal("""{"a":1}""", Excerpt.Of(new JsonObject { ["a"] = 1 }));
    }
}
