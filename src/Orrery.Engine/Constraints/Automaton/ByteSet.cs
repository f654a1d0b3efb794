using System.Numerics;

namespace Orrery.Engine.Constraints.Automaton;

/// <summary>A set of byte values: bit b of the 256.</summary>
internal readonly record struct ByteSet(ulong W0, ulong W1, ulong W2, ulong W3)
{
    public bool IsEmpty => (W0 | W1 | W2 | W3) == 0;

    /// <summary>The only member; -1 where there are more or none.</summary>
    public int Single
    {
        get
        {
            if (BitOperations.PopCount(W0) + BitOperations.PopCount(W1) + BitOperations.PopCount(W2) + BitOperations.PopCount(W3) != 1)
                return -1;
            for (int b = 0; ; b++)
            {
                if (Contains((byte)b))
                    return b;
            }
        }
    }

    public static ByteSet operator |(ByteSet a, ByteSet b) => new(a.W0 | b.W0, a.W1 | b.W1, a.W2 | b.W2, a.W3 | b.W3);

    public static ByteSet Of(byte value) => Range(value, value);

    public static ByteSet Of(string ascii) => ascii.Aggregate(default(ByteSet), (set, c) => set | Of(checked((byte)c)));

    /// <summary>From first to last, both included.</summary>
    public static ByteSet Range(int first, int last)
    {
        Span<ulong> words = stackalloc ulong[4];
        for (int b = first; b <= last; b++)
            words[b >> 6] |= 1UL << (b & 63);
        return new ByteSet(words[0], words[1], words[2], words[3]);
    }

    public ByteSet Without(ByteSet other) => new(W0 & ~other.W0, W1 & ~other.W1, W2 & ~other.W2, W3 & ~other.W3);

    public bool Contains(byte value)
        => ((value >> 6) switch { 0 => W0, 1 => W1, 2 => W2, _ => W3 } >> (value & 63) & 1) != 0;
}
