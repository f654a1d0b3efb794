using System.Globalization;
using System.Text;
using Orrery.Models.Tokenizers.Unicode;

namespace Orrery.Models.Tokenizers.Normalizers;

/// <summary>What BERT does to a text: control characters go, ideographs stand alone, and where asked accents and capitals go.</summary>
internal sealed class BertNormalizer(bool cleanText, bool spaceIdeographs, bool stripAccents, bool lowercase) : Normalizer
{
    public override string Apply(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (cleanText && IsDropped(rune))
                continue;
            if (cleanText && Rune.IsWhiteSpace(rune))
                result.Append(' ');
            else if (spaceIdeographs && IsIdeograph(rune.Value))
                result.Append(' ').Append(rune.ToString()).Append(' ');
            else
                result.Append(rune.ToString());
        }

        string clean = result.ToString();
        if (stripAccents)
            clean = new StripAccents().Apply(UnicodeNormalizer.Normalize(clean, UnicodeForm.Nfd));
        return lowercase ? clean.ToLowerInvariant() : clean;
    }

    /// <summary>The ranges that BERT's own code calls Chinese characters.</summary>
    public static bool IsIdeograph(int rune) => rune is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    private static bool IsDropped(Rune rune)
    {
        if (rune.Value is '\t' or '\n' or '\r')
            return false;
        return rune.Value is 0 or 0xFFFD
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
    }
}
