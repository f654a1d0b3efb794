using System.Diagnostics;
using System.Text.RegularExpressions;
using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tests.Tokenizers;

public sealed class PatternTests
{
    private const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Tekken = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}";

    public static TheoryData<string> Expressions =>
    [
        Llama3, Tekken, "a|ab|abc", "abc|ab|a", "(a|ab)(c|bcd)(d*)", "a*?b", "a{2,3}", "a{2,}?", "(?:ab?)+?c", "(?<!a)b+", "(?<=a)b", "a(?=b)", "[^a-c]+", @"[\w-]+", @"\d+\W", "(a*)*b",
        "(?i)é|ß", ".+", "^a", "b$", @"\u0061\x62", "[]a]+", "a??b",
    ];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Matches_are_those_of_a_backtracking_engine(string expression)
    {
        // .NET counts 16-bit units where this counts characters, and its $ also ends before a last line break; the alphabet avoids both.
        const string Alphabet = "aaabbbccdABC' éßÉ12³-,.\u00A0日\u0301sStT";
        var random = new Random(7);
        var ours = new Pattern(expression);
        var theirs = new Regex(expression.Replace("[]a]", @"[\]a]", StringComparison.Ordinal), RegexOptions.CultureInvariant);
        for (int round = 0; round < 400; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));

            Assert.Equal(
                (text, string.Join(' ', theirs.Matches(text).Where(match => match.Length > 0).Select(match => $"{match.Index}-{match.Index + match.Length}"))),
                (text, string.Join(' ', ours.Matches(text).Select(match => $"{match.Start}-{match.End}"))));
        }
    }

    [Theory]
    [InlineData(@"\p{L}+", "a𝔘𐍈b", "a𝔘𐍈b")]
    [InlineData(@"\p{Han}+", "日本の 漢字𠀀", "日本|漢字𠀀")]
    [InlineData(@"[\p{L}&&[^\p{Han}]]+", "ab日cd", "ab|cd")]
    [InlineData(@"[a-z&&[^aeiou]]+", "hello", "h|ll")]
    [InlineData(@"\s++$|x", "a  x  ", "x|  ")]
    [InlineData(@"[[a-c]x]+", "axbyc", "axb|c")]
    [InlineData(@"\P{L}+", "a12b", "12")]
    [InlineData(@"\p{^L}+", "a12b", "12")]
    [InlineData(@"\x{1F600}", "x😀", "😀")]
    [InlineData("(?i:'s)", "'S'ſ", "'S|'ſ")]
    public void What_NET_has_not_works_as_well(string expression, string text, string expected)
        => Assert.Equal(expected, string.Join('|', new Pattern(expression).Matches(text).Select(match => text[match.Start..match.End])));

    [Theory]
    [InlineData("(", "lacks a ')' at character 1")]
    [InlineData(")", "has a ')' too many")]
    [InlineData("[a", "lacks a ']'")]
    [InlineData("*a", "has a '*' with nothing in front of it")]
    [InlineData("a{3,2}", "repeats something 3 to 2 times")]
    [InlineData("a{99999}", "0 to 1000 are possible")]
    [InlineData("a{x}", "begins no count")]
    [InlineData(@"\b", @"has an escape '\b' that is not supported")]
    [InlineData(@"\1", @"has an escape '\1' that is not supported")]
    [InlineData(@"\", "has an escape")]
    [InlineData("[a-", "lacks a ']'")]
    [InlineData("[z-a]", "ends before it begins")]
    [InlineData(@"\p{Klingon}", "asks for the property 'Klingon'")]
    [InlineData(@"\p{L", "lacks a '}'")]
    [InlineData("(?=ab)", "looks at more than one character")]
    [InlineData("(?<name>a)", "group of a kind that is not supported")]
    [InlineData("[[:alpha:]]", "is not supported")]
    [InlineData("(((a{1000}){1000}){1000}){1000}", "is larger than 20000 steps")]
    public void What_cannot_be_read_is_refused_by_name(string expression, string expected)
        => Assert.Contains(expected, Assert.Throws<PatternException>(() => new Pattern(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_is_bounded()
        => Assert.Contains("nested too deeply", Assert.Throws<PatternException>(() => new Pattern(new string('(', 10_000) + new string(')', 10_000))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|a)*b")]
    [InlineData("(a{0,50}){0,50}b")]
    public void Expressions_that_choke_backtracking_engines_end(string expression)
    {
        var clock = Stopwatch.StartNew();
        string text = new('a', 2000);

        Assert.True(Ends(() => Assert.Empty(new Pattern(expression).Matches(text))));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_text_that_takes_too_long_is_refused()
    {
        // Each a looks through all that is left for a b.
        var clock = Stopwatch.StartNew();

        var error = Assert.Throws<PatternTimeException>(() => new Pattern("a*b|a").Matches(new string('a', 300_000)));

        Assert.Contains("makes too much of a text of 300000 characters", error.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(100));
    }

    [Fact]
    public void Random_expressions_are_read_or_refused()
    {
        const string Alphabet = "ab()[]{}*+?|\\^$.-,&:=!<>pPLsSdu0123i";
        var random = new Random(11);
        int read = 0;
        for (int round = 0; round < 20_000; round++)
        {
            string expression = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                _ = new Pattern(expression).Matches("ab aab 12\n");
                read++;
            }
            catch (PatternException)
            {
            }
        }
        Assert.InRange(read, 100, 20_000);
    }

    /// <summary>Refusing the text for its cost is an end as well.</summary>
    private static bool Ends(Action match)
    {
        try
        {
            match();
        }
        catch (PatternTimeException)
        {
        }
        return true;
    }
}
