using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// weight[i] = Scale * (nibble[i] - 8). Byte i holds weight i in its low nibble and weight i + 16 in its high one.
/// 18 bytes, 4.5 bits per weight.
/// </summary>
internal unsafe struct Q4_0 : IBlocks4<Q4_0>
{
    public Half D;
    public Row16<byte> Nibbles;

    public static bool HasMinimum => false;

    public static int Offset => 8;

    public readonly float Scale => F16.Widen(D);

    public readonly float Minimum => 0;

    public readonly Vector256<sbyte> Quants => Lanes.Nibbles(in Nibbles[0]).AsSByte() - Vector256.Create((sbyte)8);

    public static bool Unsigned => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Products(Q4_0* a, Q4_0* b, Q4_0* c, Q4_0* d, ActivationQ8* x)
        => NibbleBlocks4<Q4_0>.Products(a, b, c, d, x, Vector512.Create(
            (short)1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17,
            19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31, 60, 61, 62, 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Halves(Q4_0* a, Q4_0* b, Q4_0* c, Q4_0* d)
        => NibbleBlocks4<Q4_0>.Halves(a, b, c, d, Vector512.Create(
            (short)0, 0, 32, 32, 0, 0, 32, 32, 9, 9, 41, 41, 9, 9, 41, 41,
            18, 18, 50, 50, 18, 18, 50, 50, 27, 27, 59, 59, 27, 27, 59, 59));

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 16; i++)
        {
            to[i] = (float)D * ((Nibbles[i] & 0x0F) - 8);
            to[i + 16] = (float)D * ((Nibbles[i] >> 4) - 8);
        }
    }

    /// <summary>The farthest weight becomes -8 exactly, which leaves 7 for the other side.</summary>
    public static Q4_0 Quantize(ReadOnlySpan<float> weights)
    {
        float scale = Extremes.Farthest(weights) / -8;
        float perUnit = scale == 0 ? 0 : 1 / scale;
        var block = new Q4_0 { D = (Half)scale };
        for (int i = 0; i < 16; i++)
            block.Nibbles[i] = (byte)(Code(weights[i]) | (Code(weights[i + 16]) << 4));
        return block;

        int Code(float weight) => Math.Min(15, (int)((weight * perUnit) + 8.5f));
    }
}
