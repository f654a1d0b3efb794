using Orrery.Engine.Speculation;

namespace Orrery.Engine.Tests.Speculation;

public sealed class PromptLookupTests
{
    // A letter is a token.
    [Theory]
    [InlineData("nothing",                                     "",                         0)]
    [InlineData("too short to repeat anything",                "abc",                      0)]
    [InlineData("two tokens are not enough",                   "abxxab",                   0)]
    [InlineData("three tokens that were there",                "abcdeabc",                 5)]
    [InlineData("the latest of equal places",                  "abcdabceabc",              4)]
    [InlineData("the longest place, though another is later",  "xabcdyabcexabc",           10)]
    [InlineData("a text that goes round",                      "abcabc",                   3)]
    [InlineData("one token over and over",                     "xaaaa",                    1)]
    [InlineData("the very start",                              "abcabcx",                  0)]
    public void How_far_before_stands_what_may_come(string because, string text, int expected)
    {
        int actual = PromptLookup.Distance([.. text.Select(letter => (int)letter)]);

        Assert.True(expected == actual, $"{because}: expected {expected}, got {actual}");
    }

    [Fact]
    public void The_distance_is_that_of_the_plain_definition()
    {
        var random = new Random(20261121);
        for (int round = 0; round < 2000; round++)
        {
            int[] tokens = [.. Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(3))];

            int distance = PromptLookup.Distance(tokens);

            int expected = Enumerable.Range(1, tokens.Length).Select(back => (Back: back, Same: Same(tokens, back)))
                .Where(place => place.Same >= PromptLookup.LeastTokens).OrderByDescending(place => place.Same).ThenBy(place => place.Back).FirstOrDefault().Back;
            Assert.True(expected == distance, $"{string.Concat(tokens)}: expected {expected}, got {distance}");
        }
    }

    [Fact]
    public void A_long_text_of_one_token_takes_little_work()
    {
        int[] tokens = new int[100_000];
        tokens[^1] = 1;

        Assert.Equal(0, PromptLookup.Distance(tokens));
        Assert.Equal(1, PromptLookup.Distance(tokens.AsSpan(0, tokens.Length - 1)));
        Assert.Equal(0, Allocations.Least(() => PromptLookup.Distance(tokens)));
    }

    private static int Same(int[] tokens, int back)
    {
        int same = 0;
        while (same < PromptLookup.MostTokens && same + back < tokens.Length && tokens[^(same + 1)] == tokens[^(same + 1 + back)])
            same++;
        return same;
    }
}
