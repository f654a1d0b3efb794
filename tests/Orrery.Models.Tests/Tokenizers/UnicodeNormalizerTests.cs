using Orrery.Models.Tokenizers.Unicode;

namespace Orrery.Models.Tests.Tokenizers;

/// <summary>Expected values are those of Python's unicodedata.</summary>
public sealed class UnicodeNormalizerTests
{
    [Theory]
    [InlineData("e\u0301", "\u00E9", "e\u0301", "\u00E9", "e\u0301")]
    [InlineData("\u00E9", "\u00E9", "e\u0301", "\u00E9", "e\u0301")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315b", "a\u05AE\u0300\u0315b", "\u00E0\u05AE\u0315b", "a\u05AE\u0300\u0315b")]
    [InlineData("\uD55C\uAE00", "\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u00BD \u00B2", "\u00BD \u00B2", "\u00BD \u00B2", "1\u20442 2", "1\u20442 2")]
    [InlineData("plain", "plain", "plain", "plain", "plain")]
    [InlineData("", "", "", "", "")]
    [InlineData("\u0301a", "\u0301a", "\u0301a", "\u0301a", "\u0301a")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    public void All_four_forms(string text, string nfc, string nfd, string nfkc, string nfkd)
        => Assert.Equal([nfc, nfd, nfkc, nfkd], Enum.GetValues<UnicodeForm>().Select(form => UnicodeNormalizer.Normalize(text, form)));

    [Fact]
    public void Every_character_that_decomposes_and_composes_comes_back()
    {
        int changed = 0;
        for (int rune = 0; rune <= 0x10FFFF; rune++)
        {
            if (rune is >= 0xD800 and <= 0xDFFF)
                continue;
            string text = char.ConvertFromUtf32(rune);
            string decomposed = UnicodeNormalizer.Normalize(text, UnicodeForm.Nfd);
            string composed = UnicodeNormalizer.Normalize(text, UnicodeForm.Nfc);
            Assert.Equal(composed, UnicodeNormalizer.Normalize(decomposed, UnicodeForm.Nfc));
            Assert.Equal(decomposed, UnicodeNormalizer.Normalize(composed, UnicodeForm.Nfd));
            changed += text == decomposed ? 0 : 1;
        }

        // 2,061 characters with a canonical mapping and 11,172 Hangul syllables (Unicode 14).
        Assert.Equal(2061 + 11_172, changed);
    }
}
