using System.Globalization;

namespace Orrery.Models.Gguf;

/// <summary>The name of one file of a model that is split: <c>NAME-00002-of-00003.gguf</c>.</summary>
/// <param name="Number">Counted from 1.</param>
internal sealed record GgufPartName(string Name, int Number, int Count)
{
    public const string Extension = ".gguf";
    private const int Digits = 5;

    // "-00002-of-00003"
    private const int SuffixChars = 1 + Digits + 4 + Digits;

    public string FileName => $"{Name}-{Number:00000}-of-{Count:00000}{Extension}";

    public string Text => $"part {Number} of {Count}";

    /// <summary>Null for a file that is named otherwise, and so a whole model.</summary>
    public static GgufPartName? Parse(string fileName)
    {
        if (!fileName.EndsWith(Extension, StringComparison.Ordinal) || fileName.Length <= SuffixChars + Extension.Length)
            return null;
        string stem = fileName[..^Extension.Length];
        var suffix = stem.AsSpan(stem.Length - SuffixChars);
        return suffix[0] == '-' && suffix.Slice(1 + Digits, 4) is "-of-"
            && TryNumber(suffix.Slice(1, Digits), out int number) && TryNumber(suffix[^Digits..], out int count) && number <= count
            ? new GgufPartName(stem[..^SuffixChars], number, count)
            : null;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int number)
        => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
