using System.Globalization;
using System.Text;

namespace Orrery.Models.Tokenizers.Unicode;

internal enum UnicodeForm
{
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

/// <summary>
/// Unicode normalization (UAX #15). .NET leaves text alone where it runs without ICU, as this program does, so the tables are carried along.
/// </summary>
internal static class UnicodeNormalizer
{
    private const int HangulFirst = 0xAC00, LeadFirst = 0x1100, VowelFirst = 0x1161, TailFirst = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28, Syllables = Leads * Vowels * Tails;

    private static readonly Lazy<NormalizationTables> Tables = new(NormalizationTables.Load);

    public static string Normalize(string text, UnicodeForm form)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (System.Text.Ascii.IsValid(text))
            return text;

        var runes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, form is UnicodeForm.Nfkc or UnicodeForm.Nfkd, runes);
        Order(runes);
        if (form is UnicodeForm.Nfc or UnicodeForm.Nfkc)
            Compose(runes);

        var result = new StringBuilder(text.Length);
        foreach (int rune in runes)
            result.Append(new Rune(rune).ToString());
        return result.ToString();
    }

    /// <summary>Whether the character is one that accents are made of.</summary>
    public static bool IsMark(int rune)
        => CharUnicodeInfo.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark;

    private static void Decompose(int rune, bool compatibility, List<int> to)
    {
        int syllable = rune - HangulFirst;
        if (syllable is >= 0 and < Syllables)
        {
            to.Add(LeadFirst + (syllable / (Vowels * Tails)));
            to.Add(VowelFirst + (syllable / Tails % Vowels));
            if (syllable % Tails != 0)
                to.Add(TailFirst + (syllable % Tails));
            return;
        }

        var tables = Tables.Value;
        if (!tables.Canonical.TryGetValue(rune, out int[]? parts) && !(compatibility && tables.Compatible.TryGetValue(rune, out parts)))
        {
            to.Add(rune);
            return;
        }
        foreach (int part in parts!)
            Decompose(part, compatibility, to);
    }

    /// <summary>Marks behind one character come in the order of their class; equals stay as they were.</summary>
    private static void Order(List<int> runes)
    {
        for (int first = 0; first < runes.Count;)
        {
            if (Tables.Value.ClassOf(runes[first]) == 0)
            {
                first++;
                continue;
            }
            int end = first;
            while (end < runes.Count && Tables.Value.ClassOf(runes[end]) != 0)
                end++;
            if (end - first > 1)
            {
                int[] sorted = [.. runes.GetRange(first, end - first).OrderBy(Tables.Value.ClassOf)];
                for (int i = 0; i < sorted.Length; i++)
                    runes[first + i] = sorted[i];
            }
            first = end;
        }
    }

    private static void Compose(List<int> runes)
    {
        var tables = Tables.Value;
        int kept = 0, starter = -1, lastClass = 0;
        for (int i = 0; i < runes.Count; i++)
        {
            int rune = runes[i], own = tables.ClassOf(rune);

            // A mark joins the last starter unless one of its own class or a higher one stands between.
            bool reaches = starter >= 0 && (kept == starter + 1 || (lastClass != 0 && lastClass < own));
            if (reaches && TryCompose(runes[starter], rune) is { } composed)
            {
                runes[starter] = composed;
                continue;
            }
            if (own == 0)
                starter = kept;
            lastClass = own;
            runes[kept++] = rune;
        }
        runes.RemoveRange(kept, runes.Count - kept);
    }

    private static int? TryCompose(int first, int second)
    {
        int lead = first - LeadFirst, vowel = second - VowelFirst;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            return HangulFirst + (((lead * Vowels) + vowel) * Tails);
        int syllable = first - HangulFirst, tail = second - TailFirst;
        if (syllable is >= 0 and < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails)
            return first + tail;
        return Tables.Value.Composed.TryGetValue((first, second), out int composed) ? composed : null;
    }
}
