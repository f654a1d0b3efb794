using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// weight = D * (low nibble of the part's byte) * code - DMin * (its high nibble), codes of 2 bits. 84 bytes, 2.625 bits per weight.
/// </summary>
internal unsafe struct Q2_K : ICodes256<Q2_K>
{
    public Row16<byte> Parts;
    public Row64<byte> Codes;
    public Half D;
    public Half DMin;

    public static bool HasMinimum => true;

    public static int Offset => 0;

    public readonly float Scale => F16.Widen(D);

    public readonly float MinimumScale => F16.Widen(DMin);

    // Safety: 16 bytes.
    public readonly Vector128<sbyte> Scales => (Vector128.LoadUnsafe(in Parts[0]) & Vector128.Create((byte)0x0F)).AsSByte();

    public readonly Vector128<byte> Minima => Vector128.LoadUnsafe(in Parts[0]) >>> 4;

    public readonly Vector256<sbyte> Quants(int pair) => TwoBits.Of(in Codes, pair).AsSByte();

    public static int PartCount => 16;

    public static (int First, int Second) Places(int vector) => (32 * vector, 128 + (32 * vector));

    // Safety: 64 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> A, Vector512<byte> B, Vector512<byte> C, Vector512<byte> D) AllCodes(Q2_K* block)
        => Lanes.TwoBits(Vector512.Load((byte*)&block->Codes));

    // Safety: the first 16 bytes of each, and the last four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Parts256 PartsOf(Q2_K* a, Q2_K* b, Q2_K* c, Q2_K* d)
    {
        var (scales, minima) = Lanes.Nibbles(Lanes.Four((byte*)a, (byte*)b, (byte*)c, (byte*)d));
        return new(scales, minima, Lanes.Four((uint*)(a + 1) - 1, (uint*)(b + 1) - 1, (uint*)(c + 1) - 1, (uint*)(d + 1) - 1));
    }

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 256; i++)
            to[i] = ((float)D * (Parts[i / 16] & 0x0F) * TwoBits.At(in Codes, i)) - ((float)DMin * (Parts[i / 16] >> 4));
    }

    public static Q2_K Quantize(ReadOnlySpan<float> weights)
    {
        Span<byte> scales = stackalloc byte[16], minima = stackalloc byte[16], codes = stackalloc byte[256];
        var (scale, minimumScale) = AffineParts.Of(weights, top: 3, most: 15, scales, minima, codes);
        var block = new Q2_K { D = scale, DMin = minimumScale };
        for (int part = 0; part < 16; part++)
            block.Parts[part] = (byte)(scales[part] | (minima[part] << 4));
        for (int i = 0; i < 256; i++)
            TwoBits.Set(ref block.Codes, i, codes[i]);
        return block;
    }
}
