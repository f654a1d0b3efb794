using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>weight[i] = Scale * byte i. 34 bytes, 8.5 bits per weight.</summary>
internal unsafe struct Q8_0 : IBlocks4<Q8_0>
{
    public Half D;
    public Row32<sbyte> Bytes;

    public static bool HasMinimum => false;

    public static int Offset => 128;

    public static int Planes => 2;

    public readonly float Scale => F16.Widen(D);

    public readonly float Minimum => 0;

    // Safety: 32 bytes.
    public readonly Vector256<sbyte> Quants => Vector256.LoadUnsafe(in Bytes[0]);

    public static bool Unsigned => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Products(Q8_0* a, Q8_0* b, Q8_0* c, Q8_0* d, ActivationQ8* x)
        => Lanes.Both(
            Lanes.AddHalves(Sums(a, b, c, d, x, 0), Sums(a + 1, b + 1, c + 1, d + 1, x, 1)),
            Lanes.AddHalves(Sums(a + 2, b + 2, c + 2, d + 2, x, 2), Sums(a + 3, b + 3, c + 3, d + 3, x, 3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Halves(Q8_0* a, Q8_0* b, Q8_0* c, Q8_0* d)
    {
        var (ab, cd) = (Avx512F.UnpackLow(Halves(a), Halves(b)).AsUInt64(), Avx512F.UnpackLow(Halves(c), Halves(d)).AsUInt64());
        return Avx512F.UnpackLow(ab, cd).AsUInt32();
    }

    /// <summary>The scale of each of four blocks, which have 17 words of 16 bits: of words 0 to 31, and of words 34 to 65.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Halves(Q8_0* four)
        => Avx512BW.PermuteVar32x16x2(
            Vector512.Load((short*)four),
            Vector512.Create((short)0, 0, 0, 0, 0, 0, 0, 0, 17, 17, 17, 17, 17, 17, 17, 17, 32, 32, 32, 32, 32, 32, 32, 32, 49, 49, 49, 49, 49, 49, 49, 49),
            Vector512.Load((short*)four + 34)).AsUInt32();

    /// <summary>One block of four rows: in each half a part of the four sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sums(Q8_0* a, Q8_0* b, Q8_0* c, Q8_0* d, ActivationQ8* x, int block)
    {
        sbyte* first = (sbyte*)x + (16 * block);
        var quants = Vector128.Load(first).ToVector256Unsafe().WithUpper(Vector128.Load(first + 64));
        var (p, q, r, s) = (Int8.Dot(a->Quants, quants), Int8.Dot(b->Quants, quants), Int8.Dot(c->Quants, quants), Int8.Dot(d->Quants, quants));
        var (ab, cd) = ((Avx2.UnpackLow(p, q) + Avx2.UnpackHigh(p, q)).AsInt64(), (Avx2.UnpackLow(r, s) + Avx2.UnpackHigh(r, s)).AsInt64());
        return Avx2.UnpackLow(ab, cd).AsInt32() + Avx2.UnpackHigh(ab, cd).AsInt32();
    }

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 32; i++)
            to[i] = (float)D * Bytes[i];
    }

    public static Q8_0 Quantize(ReadOnlySpan<float> weights)
    {
        var (least, most) = Extremes.Of(weights);
        float scale = MathF.Max(-least, most) / 127;
        float perUnit = scale == 0 ? 0 : 1 / scale;
        var block = new Q8_0 { D = (Half)scale };
        for (int i = 0; i < 32; i++)
            block.Bytes[i] = (sbyte)MathF.Round(weights[i] * perUnit, MidpointRounding.AwayFromZero);
        return block;
    }
}
