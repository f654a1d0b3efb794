using Orrery.Models.ChatTemplates.Syntax;

namespace Orrery.Models.ChatTemplates.Values;

/// <summary>Python counts, indexes and orders text by code point; .NET holds UTF-16. Half of a pair alone counts as one.</summary>
internal static class CodePoints
{
    public static int Count(string text)
    {
        int count = text.Length;
        for (int i = 1; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i - 1], text[i]))
                count--;
        }
        return count;
    }

    public static IReadOnlyList<string> Split(string text)
    {
        var points = new List<string>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            points.Add(pair ? text.Substring(i, 2) : OneChar(text[i]));
            i += pair ? 1 : 0;
        }
        return points;
    }

    /// <param name="index">Negative ones count from the end. Null: not there.</param>
    public static string? At(string text, long index)
    {
        int count = Count(text);
        long point = index < 0 ? index + count : index;
        return point >= 0 && point < count ? Slice(text, point, point + 1) : null;
    }

    /// <summary>As Python slices with a step of 1.</summary>
    public static string Slice(string text, long? start, long? stop)
    {
        int count = Count(text);
        int first = Moved(start ?? 0), end = Moved(stop ?? count);
        return first < end ? text[OffsetOf(text, first, count)..OffsetOf(text, end, count)] : "";

        int Moved(long bound) => (int)Math.Clamp(bound < 0 ? bound + count : bound, 0, count);
    }

    /// <summary>Where a code point begins in UTF-16.</summary>
    private static int OffsetOf(string text, int point, int count)
    {
        if (count == text.Length)
            return point;
        int offset = 0;
        for (; point > 0; point--)
            offset += offset + 1 < text.Length && char.IsSurrogatePair(text[offset], text[offset + 1]) ? 2 : 1;
        return offset;
    }

    public static int Compare(string a, string b)
    {
        int length = Math.Min(a.Length, b.Length);
        int at = a.AsSpan().CommonPrefixLength(b);
        if (at == length)
            return a.Length.CompareTo(b.Length);
        // In UTF-16 the pairs of high code points sort below U+E000; by code point they come last.
        bool highA = char.IsSurrogate(a[at]), highB = char.IsSurrogate(b[at]);
        return highA == highB ? a[at].CompareTo(b[at]) : highA.CompareTo(highB);
    }

    /// <summary>Python's splitting of lines: also at vertical tabs, form feeds, separators and Unicode's line ends.</summary>
    public static List<string> Lines(string text, Meter meter, bool keepEnds = false)
    {
        var lines = new List<string>();
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\u001c' or '\u001d' or '\u001e' or '\u0085' or '\u2028' or '\u2029'))
                continue;
            int end = i;
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                i++;
            meter.MakeElements(1);
            lines.Add(text[start..(keepEnds ? i + 1 : end)]);
            start = i + 1;
        }
        if (start < text.Length)
            lines.Add(text[start..]);
        return lines;
    }

    /// <summary>Between runs of whitespace. Text beyond the last split keeps its whitespace.</summary>
    /// <param name="most">Splits at most; negative: no bound.</param>
    public static List<string> Words(string text, long most, Meter meter)
    {
        var words = new List<string>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && Whitespace.Is(text[at]))
                at++;
            if (at == text.Length)
                return words;
            meter.MakeElements(1);
            if (most >= 0 && words.Count >= most)
            {
                words.Add(text[at..]);
                return words;
            }
            int start = at;
            while (at < text.Length && !Whitespace.Is(text[at]))
                at++;
            words.Add(text[start..at]);
        }
    }

    private static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(i => ((char)i).ToString())];

    private static string OneChar(char c) => c < 128 ? Ascii[c] : c.ToString();
}
