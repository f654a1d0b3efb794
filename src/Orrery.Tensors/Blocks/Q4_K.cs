using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// weight = D * scale * code - DMin * minimum, codes of 4 bits, one scale and minimum for 32 weights (<see cref="SixBits"/>).
/// 144 bytes, 4.5 bits per weight.
/// </summary>
internal unsafe struct Q4_K : ICodes256<Q4_K>
{
    public Half D;
    public Half DMin;
    public Row12<byte> Parts;
    public Row128<byte> Codes;

    public static bool HasMinimum => true;

    public static int Offset => 0;

    public readonly float Scale => F16.Widen(D);

    public readonly float MinimumScale => F16.Widen(DMin);

    public readonly Vector128<sbyte> Scales => SixBits.Scales(in Parts);

    public readonly Vector128<byte> Minima => SixBits.Minima(in Parts);

    public readonly Vector256<sbyte> Quants(int pair) => Nibbles.Of(in Codes, pair).AsSByte();

    public static int PartCount => 8;

    public static (int First, int Second) Places(int vector) => ((vector / 2 * 128) + (vector % 2 * 32), (vector / 2 * 128) + (vector % 2 * 32) + 64);

    // Safety: 128 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> A, Vector512<byte> B, Vector512<byte> C, Vector512<byte> D) AllCodes(Q4_K* block)
    {
        var (a, b) = Lanes.Nibbles(Vector512.Load((byte*)&block->Codes));
        var (c, d) = Lanes.Nibbles(Vector512.Load((byte*)&block->Codes + 64));
        return (a, b, c, d);
    }

    // Safety: the first 16 bytes of each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Parts256 PartsOf(Q4_K* a, Q4_K* b, Q4_K* c, Q4_K* d)
        => SixBits.PartsOf(Lanes.Four((byte*)a, (byte*)b, (byte*)c, (byte*)d));

    public static int ScaleOf(int part) => SixBits.ScaleOf(part);

    public static int MinimumOf(int part) => SixBits.MinimumOf(part);

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 256; i++)
            to[i] = ((float)D * SixBits.Scale(in Parts, i / 32) * Nibbles.At(in Codes, i)) - ((float)DMin * SixBits.Minimum(in Parts, i / 32));
    }

    public static Q4_K Quantize(ReadOnlySpan<float> weights)
    {
        Span<byte> scales = stackalloc byte[8], minima = stackalloc byte[8], codes = stackalloc byte[256];
        var (scale, minimumScale) = AffineParts.Of(weights, top: 15, most: SixBits.Most, scales, minima, codes);
        var block = new Q4_K { D = scale, DMin = minimumScale };
        for (int i = 0; i < 8; i++)
            SixBits.Set(ref block.Parts, i, scales[i], minima[i]);
        for (int i = 0; i < 256; i++)
            Nibbles.Set(ref block.Codes, i, codes[i]);
        return block;
    }
}
