using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Constraints.Json;

/// <summary>
/// One character of a JSON string. <see cref="Any"/> may be escaped as the writer likes; <see cref="Of"/> is written in its one canonical
/// way, so that what a pattern says of characters can be said of bytes. Raw bytes are always whole UTF-8, and escapes of surrogates whole pairs.
/// </summary>
internal sealed class JsonCharacters(GrammarBuilder builder)
{
    private static readonly CodePoints Controls = CodePoints.Of((0, 0x1F));
    private static readonly CodePoints Escaped = Controls.Or(CodePoints.Of("\"\\"));
    private static readonly ByteSet Hex = ByteSet.Of("0123456789abcdefABCDEF");

    /// <summary>The letters of escapes that have one: <c>\n</c>.</summary>
    private static readonly Dictionary<int, char> Letters = new()
    {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
    };

    public int Any(int from) => builder.Choice(from, at => Raw(at, CodePoints.Not(Escaped)), AnyEscape);

    public int Of(int from, CodePoints set)
    {
        int end = builder.NewState();
        builder.Skip(Raw(from, set.Except(Escaped)), end);
        foreach (var (first, last) in set.And(Escaped).Ranges)
        {
            for (int value = first; value <= last; value++)
                builder.Skip(builder.Literal(from, CanonicalEscape(value)), end);
        }
        return end;
    }

    /// <returns>Null for characters that are written as they are.</returns>
    public static byte[]? CanonicalEscape(int value)
        => Letters.TryGetValue(value, out char letter) ? [(byte)'\\', (byte)letter]
            : value < 0x20 ? System.Text.Encoding.ASCII.GetBytes($"\\u{value:x4}")
            : null;

    /// <summary>The characters themselves, as UTF-8.</summary>
    public int Raw(int from, CodePoints set)
    {
        int end = builder.NewState();
        var single = default(ByteSet);
        foreach (var sequence in Utf8Sequences.Of(set))
        {
            if (sequence.Length == 1)
            {
                single |= ByteSet.Range(sequence[0].First, sequence[0].Last);
                continue;
            }
            int at = from;
            for (int i = 0; i < sequence.Length; i++)
            {
                var bytes = ByteSet.Range(sequence[i].First, sequence[i].Last);
                at = i == sequence.Length - 1 ? builder.Take(at, bytes, end) : builder.Take(at, bytes);
            }
        }
        builder.Take(from, single, end);
        return end;
    }

    private int AnyEscape(int from)
    {
        int backslash = builder.Take(from, ByteSet.Of((byte)'\\')), end = builder.NewState();
        builder.Take(backslash, ByteSet.Of("\"\\/bfnrt"), end);

        int unit = builder.Take(backslash, ByteSet.Of((byte)'u'));
        int plain = builder.Take(unit, Hex.Without(ByteSet.Of("dD")));
        HexDigits(plain, 3, end);
        int d = builder.Take(unit, ByteSet.Of("dD"));
        HexDigits(builder.Take(d, ByteSet.Range('0', '7')), 2, end);

        int high = HexDigits(builder.Take(d, ByteSet.Of("89abAB")), 2, builder.NewState());
        int low = builder.Take(builder.Literal(high, "\\u"u8), ByteSet.Of("dD"));
        HexDigits(builder.Take(low, ByteSet.Of("cdefCDEF")), 2, end);
        return end;
    }

    private int HexDigits(int from, int count, int end)
    {
        for (int i = 1; i < count; i++)
            from = builder.Take(from, Hex);
        return builder.Take(from, Hex, end);
    }
}
