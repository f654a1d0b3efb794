using Orrery.Engine.Text;

namespace Orrery.Engine.Tests;

public sealed class StopMatcherTests
{
    [Theory]
    [InlineData("no stop strings", "one two", "", "one two", false)]
    [InlineData("not found", "one two", "three", "one two", false)]
    [InlineData("at the end", "one two", "two", "one ", true)]
    [InlineData("at the start", "one two", "one", "", true)]
    [InlineData("the first of several", "one two", "two|one", "", true)]
    [InlineData("the first to be complete", "abcd", "abcd|bc", "a", true)]
    [InlineData("the longest of those that end together", "xabc", "bc|abc", "x", true)]
    [InlineData("begun and not ended", "one \nUse", "\nUser:", "one \nUse", false)]
    [InlineData("begun twice", "aaab", "aab", "a", true)]
    [InlineData("begun within itself", "ababac", "abac", "ab", true)]
    [InlineData("beyond the basic plane", "x🙂y🙂🙂z", "🙂🙂", "x🙂y", true)]
    public void However_the_text_is_cut_the_result_is_the_same(string because, string text, string stops, string expected, bool found)
    {
        string[] list = stops.Split('|', StringSplitOptions.RemoveEmptyEntries);
        for (int first = 0; first <= text.Length; first++)
        {
            for (int second = first; second <= text.Length; second++)
            {
                var matcher = new StopMatcher(list);
                string actual = matcher.Append(text[..first]) + matcher.Append(text[first..second]) + matcher.Append(text[second..]) + matcher.Finish();
                Assert.True((expected, found) == (actual, matcher.Found), $"{because}, cut at {first} and {second}: '{actual}', found: {matcher.Found}");
            }
        }
    }

    [Fact]
    public void Only_what_may_begin_a_stop_string_is_held_back()
    {
        var matcher = new StopMatcher(["\n\nUser"]);

        Assert.Equal(["Hello", "", "", "\n\nUs a", "\n\nb"], new[] { "Hello\n", "\n", "Us", " a", "\n\nb" }.Select(matcher.Append));
    }
}
