using System.Text;

namespace Orrery.Engine.Constraints.Json;

/// <summary>Cuts ranges of code points into sequences of byte ranges: each sequence stands for all the code points between.</summary>
internal static class Utf8Sequences
{
    private static readonly int[] LastOfLength = [0x7F, 0x7FF, 0xFFFF, CodePoints.Last];

    public static IEnumerable<(byte First, byte Last)[]> Of(CodePoints set) => set.Ranges.SelectMany(range => Split(range.First, range.Last));

    private static IEnumerable<(byte First, byte Last)[]> Split(int first, int last)
    {
        foreach (int bound in LastOfLength)
        {
            if (first <= bound && last > bound)
                return Split(first, bound).Concat(Split(bound + 1, last));
        }
        // Where the ends differ above the last six bits, all of these must run through their whole range.
        for (int bits = 6; bits <= 18; bits += 6)
        {
            int low = (1 << bits) - 1;
            if (last <= 0x7F || (first & ~low) == (last & ~low))
                break;
            if ((first & low) != 0)
                return Split(first, first | low).Concat(Split((first | low) + 1, last));
            if ((last & low) != low)
                return Split(first, (last & ~low) - 1).Concat(Split(last & ~low, last));
        }
        return [Pair(first, last)];
    }

    private static (byte, byte)[] Pair(int first, int last)
    {
        Span<byte> from = stackalloc byte[4], to = stackalloc byte[4];
        int length = new Rune(first).EncodeToUtf8(from);
        new Rune(last).EncodeToUtf8(to);
        var pairs = new (byte, byte)[length];
        for (int i = 0; i < length; i++)
            pairs[i] = (from[i], to[i]);
        return pairs;
    }
}
