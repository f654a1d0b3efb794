using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orrery.Engine.Tests.Constraints;

public sealed class PatternTests
{
    [Fact]
    public void Random_patterns_allow_the_texts_that_the_other_engine_matches()
    {
        int matched = 0, unmatched = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            string pattern = (random.Next(2) == 0 ? "^" : "") + Piece(random, 3) + (random.Next(2) == 0 ? "$" : "");
            var grammar = Texts.Compile(JsonSerializer.Serialize(new Dictionary<string, string> { ["type"] = "string", ["pattern"] = pattern }));
            var regex = new Regex(pattern.EndsWith('$') ? pattern[..^1] + "\\z" : pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
            for (int i = 0; i < 40; i++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => "abcd1 _"[random.Next(7)]));
                bool expected = regex.IsMatch(text);

                Assert.True(expected == Texts.Accepts(grammar, $"\"{text}\""), $"{pattern} and '{text}': {expected}");
                (matched, unmatched) = expected ? (matched + 1, unmatched) : (matched, unmatched + 1);
            }
        }
        Assert.True(matched > 1000 && unmatched > 1000, $"{matched} {unmatched}");
    }

    [Theory]
    [InlineData("^[\\u00e0-\\u00ff]{2}$", "\"éà\"", true)]
    [InlineData("^[\\u00e0-\\u00ff]{2}$", "\"ea\"", false)]
    [InlineData("^[^a]$", "\"😀\"", true)]
    [InlineData("^[\\u{1F600}-\\u{1F64F}]$", "\"😀\"", true)]
    [InlineData("^[\\u{1F600}-\\u{1F64F}]$", "\"🚀\"", false)]
    [InlineData("^😀+$", "\"😀😀\"", true)]
    [InlineData("^\\x41\\.$", "\"A.\"", true)]
    [InlineData("^[\\]\\-a]+$", "\"]-a\"", true)]
    [InlineData("^a|b$", "\"ax\"", true)]
    [InlineData("^a|b$", "\"xb\"", true)]
    [InlineData("^a|b$", "\"xa\"", false)]
    [InlineData("^\\n\\t$", "\"\\n\\t\"", true)]
    [InlineData("^\\s$", "\"\\u000b\"", true)]
    [InlineData("^a+?b*?$", "\"aab\"", true)]
    [InlineData("^(?:ab){2}$", "\"abab\"", true)]
    public void Classes_escapes_and_anchors_are_those_of_ecmascript(string pattern, string text, bool allowed)
        => Assert.Equal(allowed, Texts.Accepts(Texts.Compile(JsonSerializer.Serialize(new Dictionary<string, string> { ["type"] = "string", ["pattern"] = pattern })), text));

    [Fact]
    public void Random_bounds_allow_the_numbers_between_them()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            bool whole = random.Next(2) == 0;
            decimal Some() => Math.Round((decimal)(random.NextDouble() - 0.5) * (decimal)Math.Pow(10, random.Next(5)), random.Next(4));
            decimal one = Some(), other = Some();
            (decimal low, decimal high) = (Math.Min(one, other), Math.Max(one, other) + 1.01m);
            bool openLow = random.Next(2) == 0, openHigh = random.Next(2) == 0;
            string schema = $$"""{"type":"{{(whole ? "integer" : "number")}}","{{(openLow ? "exclusiveMinimum" : "minimum")}}":{{low}},"{{(openHigh ? "exclusiveMaximum" : "maximum")}}":{{high}}}""";
            if (whole && Texts.Problems(schema).Count > 0)
                continue;                                               // no integer lies between
            var grammar = Texts.Compile(schema);
            for (int i = 0; i < 60; i++)
            {
                decimal value = i < 6 ? (i % 2 == 0 ? low : high) + ((i / 2) - 1) : Some();
                value = whole ? Math.Round(value) : value;
                bool expected = (openLow ? value > low : value >= low) && (openHigh ? value < high : value <= high);
                string text = value == 0 ? "0" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);

                Assert.True(expected == Texts.Accepts(grammar, text), $"{schema} and {text}: {expected}");
            }
        }
    }

    private static string Piece(Random random, int depth) => random.Next(depth == 0 ? 4 : 9) switch
    {
        0 => "a",
        1 => "b",
        2 => "[a-c]",
        3 => new[] { "\\d", "\\w", ".", "[^ab]", "\\S" }[random.Next(5)],
        4 => $"({Piece(random, depth - 1)}|{Piece(random, depth - 1)})",
        5 => $"({Piece(random, depth - 1)}){new[] { "*", "+", "?", "{2}", "{1,3}", "{0,60}", "{2,}" }[random.Next(7)]}",
        6 => $"(?:{Piece(random, depth - 1)}?)*",
        _ => Piece(random, depth - 1) + Piece(random, depth - 1),
    };
}
