using System.Globalization;

namespace Orrery.Models.Tokenizers.Patterns;

/// <summary>What may stand in <c>\p{...}</c>: general categories, and those scripts that tokenizers ask for.</summary>
internal static class CharClassNames
{
    private static readonly string[] CategoryNames =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
        "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    // From the Unicode character database, Scripts.txt.
    private static readonly Dictionary<string, (int First, int Last)[]> Scripts = new(StringComparer.Ordinal)
    {
        ["Han"] =
        [
            (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B),
            (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1),
            (0x20000, 0x2A6DF), (0x2A700, 0x2EBE0), (0x2F800, 0x2FA1D), (0x30000, 0x323AF),
        ],
        ["Hiragana"] = [(0x3041, 0x3096), (0x309D, 0x309F), (0x1B001, 0x1B11F), (0x1B132, 0x1B132), (0x1B150, 0x1B152), (0x1F200, 0x1F200)],
        ["Katakana"] =
        [
            (0x30A1, 0x30FA), (0x30FD, 0x30FF), (0x31F0, 0x31FF), (0x32D0, 0x32FE), (0x3300, 0x3357), (0xFF66, 0xFF6F), (0xFF71, 0xFF9D), (0x1B000, 0x1B000),
        ],
        ["Hangul"] =
        [
            (0x1100, 0x11FF), (0x302E, 0x302F), (0x3131, 0x318E), (0x3200, 0x321E), (0x3260, 0x327E), (0xA960, 0xA97C), (0xAC00, 0xD7A3),
            (0xD7B0, 0xD7C6), (0xD7CB, 0xD7FB), (0xFFA0, 0xFFBE), (0xFFC2, 0xFFC7), (0xFFCA, 0xFFCF), (0xFFD2, 0xFFD7), (0xFFDA, 0xFFDC),
        ],
    };

    /// <summary>Null for names that are not among them.</summary>
    public static CharClass? Find(string name)
    {
        if (name.Length is 1 or 2)
        {
            var categories = new List<UnicodeCategory>();
            for (int i = 0; i < CategoryNames.Length; i++)
            {
                if (CategoryNames[i].StartsWith(name, StringComparison.Ordinal))
                    categories.Add((UnicodeCategory)i);
            }
            return categories.Count == 0 ? null : CharClass.OfCategories([.. categories]);
        }
        string script = name.StartsWith("Script=", StringComparison.Ordinal) ? name[7..] : name.StartsWith("sc=", StringComparison.Ordinal) ? name[3..] : name;
        if (!Scripts.TryGetValue(script, out var ranges))
            return null;
        var made = new CharClass();
        foreach (var (first, last) in ranges)
            made.Add(first, last);
        return made;
    }
}
