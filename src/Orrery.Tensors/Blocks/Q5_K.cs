using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>As <see cref="Q4_K"/>, with codes of 5 bits. 176 bytes, 5.5 bits per weight.</summary>
internal unsafe struct Q5_K : ICodes256<Q5_K>
{
    public Half D;
    public Half DMin;
    public Row12<byte> Parts;
    public Row32<byte> High;
    public Row128<byte> Low;

    public static bool HasMinimum => true;

    public static int Offset => 0;

    public readonly float Scale => F16.Widen(D);

    public readonly float MinimumScale => F16.Widen(DMin);

    public readonly Vector128<sbyte> Scales => SixBits.Scales(in Parts);

    public readonly Vector128<byte> Minima => SixBits.Minima(in Parts);

    public readonly Vector256<sbyte> Quants(int pair) => (Nibbles.Of(in Low, pair) | (HighBits.Of(in High, pair) << 4)).AsSByte();

    public static int PartCount => 8;

    public static (int First, int Second) Places(int vector) => Q4_K.Places(vector);

    // Safety: 32 and 128 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> A, Vector512<byte> B, Vector512<byte> C, Vector512<byte> D) AllCodes(Q5_K* block)
    {
        var high = Lanes.Twice((byte*)&block->High);
        var (a, b) = Lanes.Nibbles(Vector512.Load((byte*)&block->Low));
        var (c, d) = Lanes.Nibbles(Vector512.Load((byte*)&block->Low + 64));
        return (Lanes.With(a, high, 4, 2, 0x10), Lanes.With(b, high, 3, 1, 0x10), Lanes.With(c, high, 0, -2, 0x10), Lanes.With(d, high, -1, -3, 0x10));
    }

    // Safety: the first 16 bytes of each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Parts256 PartsOf(Q5_K* a, Q5_K* b, Q5_K* c, Q5_K* d)
        => SixBits.PartsOf(Lanes.Four((byte*)a, (byte*)b, (byte*)c, (byte*)d));

    public static int ScaleOf(int part) => SixBits.ScaleOf(part);

    public static int MinimumOf(int part) => SixBits.MinimumOf(part);

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 256; i++)
        {
            int code = Nibbles.At(in Low, i) | (HighBits.At(in High, i) << 4);
            to[i] = ((float)D * SixBits.Scale(in Parts, i / 32) * code) - ((float)DMin * SixBits.Minimum(in Parts, i / 32));
        }
    }

    public static Q5_K Quantize(ReadOnlySpan<float> weights)
    {
        Span<byte> scales = stackalloc byte[8], minima = stackalloc byte[8], codes = stackalloc byte[256];
        var (scale, minimumScale) = AffineParts.Of(weights, top: 31, most: SixBits.Most, scales, minima, codes);
        var block = new Q5_K { D = scale, DMin = minimumScale };
        for (int i = 0; i < 8; i++)
            SixBits.Set(ref block.Parts, i, scales[i], minima[i]);
        for (int i = 0; i < 256; i++)
        {
            Nibbles.Set(ref block.Low, i, codes[i]);
            HighBits.Set(ref block.High, i, codes[i] >> 4);
        }
        return block;
    }
}
