using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>weight[i] = Scale * nibble[i] + Minimum, nibbles as in <see cref="Q4_0"/>. 20 bytes, 5 bits per weight.</summary>
internal unsafe struct Q4_1 : IBlocks4<Q4_1>
{
    public Half D;
    public Half M;
    public Row16<byte> Nibbles;

    public static bool HasMinimum => true;

    public static int Offset => 0;

    public readonly float Scale => F16.Widen(D);

    public readonly float Minimum => F16.Widen(M);

    public readonly Vector256<sbyte> Quants => Lanes.Nibbles(in Nibbles[0]).AsSByte();

    public static bool Unsigned => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Products(Q4_1* a, Q4_1* b, Q4_1* c, Q4_1* d, ActivationQ8* x)
        => NibbleBlocks4<Q4_1>.Products(a, b, c, d, x, Vector512.Create(
            (short)2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19,
            22, 23, 24, 25, 26, 27, 28, 29, 56, 57, 58, 59, 60, 61, 62, 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Halves(Q4_1* a, Q4_1* b, Q4_1* c, Q4_1* d)
        => NibbleBlocks4<Q4_1>.Halves(a, b, c, d, Vector512.Create(
            (short)0, 1, 32, 33, 0, 1, 32, 33, 10, 11, 42, 43, 10, 11, 42, 43,
            20, 21, 52, 53, 20, 21, 52, 53, 30, 31, 62, 63, 30, 31, 62, 63));

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 16; i++)
        {
            to[i] = ((float)D * (Nibbles[i] & 0x0F)) + (float)M;
            to[i + 16] = ((float)D * (Nibbles[i] >> 4)) + (float)M;
        }
    }

    public static Q4_1 Quantize(ReadOnlySpan<float> weights)
    {
        var (least, most) = Extremes.Of(weights);
        float scale = (most - least) / 15;
        float perUnit = scale == 0 ? 0 : 1 / scale;
        var block = new Q4_1 { D = (Half)scale, M = (Half)least };
        for (int i = 0; i < 16; i++)
            block.Nibbles[i] = (byte)(Code(weights[i]) | (Code(weights[i + 16]) << 4));
        return block;

        int Code(float weight) => Math.Min(15, (int)(((weight - least) * perUnit) + 0.5f));
    }
}
