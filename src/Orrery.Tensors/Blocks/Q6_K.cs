using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// weight = D * scale of the part * (code - 32), codes of 6 bits. Of each 128 codes, number i has its low nibble in byte i % 64, the first
/// 64 in the low halves, and two bits as <see cref="TwoBits"/>. 210 bytes, 6.5625 bits per weight.
/// </summary>
internal unsafe struct Q6_K : ICodes256<Q6_K>
{
    public Row128<byte> Low;
    public Row64<byte> High;
    public Row16<sbyte> Parts;
    public Half D;

    public static bool HasMinimum => false;

    public static int Offset => 32;

    public static bool Wide => true;

    public readonly float Scale => F16.Widen(D);

    public readonly float MinimumScale => 0;

    // Safety: 16 bytes.
    public readonly Vector128<sbyte> Scales => Vector128.LoadUnsafe(in Parts[0]);

    public readonly Vector128<byte> Minima => default;

    public readonly Vector256<sbyte> Quants(int pair)
    {
        // Safety: pair is 0 to 7; 32 bytes from 0, 32, 64 or 96 on.
        var low = Vector256.LoadUnsafe(in Low[(pair / 4 * 64) + (pair % 2 * 32)]).AsUInt16() >>> (pair % 4 / 2 * 4);
        return ((low.AsByte() & Vector256.Create((byte)0x0F)) | (TwoBits.Of(in High, pair) << 4)).AsSByte() - Vector256.Create((sbyte)32);
    }

    public static int PartCount => 16;

    public static (int First, int Second) Places(int vector) => (64 * vector, (64 * vector) + 32);

    // Safety: 64 and 128 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> A, Vector512<byte> B, Vector512<byte> C, Vector512<byte> D) AllCodes(Q6_K* block)
    {
        var (high, rest) = (Lanes.Twice((byte*)&block->High), Lanes.Twice((byte*)&block->High + 32));
        var (a, b) = Lanes.Nibbles(Vector512.Load((byte*)&block->Low));
        var (c, d) = Lanes.Nibbles(Vector512.Load((byte*)&block->Low + 64));
        return (Lanes.With(a, high, 4, 2, 0x30), Lanes.With(b, high, 0, -2, 0x30), Lanes.With(c, rest, 4, 2, 0x30), Lanes.With(d, rest, 0, -2, 0x30));
    }

    // Safety: 16 bytes of each, and the last four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Parts256 PartsOf(Q6_K* a, Q6_K* b, Q6_K* c, Q6_K* d)
        => new(
            Lanes.Four((byte*)&a->Parts, (byte*)&b->Parts, (byte*)&c->Parts, (byte*)&d->Parts), default,
            Lanes.Four((uint*)(a + 1) - 1, (uint*)(b + 1) - 1, (uint*)(c + 1) - 1, (uint*)(d + 1) - 1) >>> 16);

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 256; i++)
        {
            int low = (Low[LowByte(i)] >> LowShift(i)) & 0x0F;
            to[i] = (float)D * Parts[i / 16] * ((low | (TwoBits.At(in High, i) << 4)) - 32);
        }
    }

    public static Q6_K Quantize(ReadOnlySpan<float> weights)
    {
        Span<sbyte> scales = stackalloc sbyte[16];
        Span<byte> codes = stackalloc byte[256];
        var block = new Q6_K { D = SymmetricParts.Of(weights, half: 32, most: 128, scales, codes) };
        scales.CopyTo(block.Parts);
        for (int i = 0; i < 256; i++)
        {
            block.Low[LowByte(i)] |= (byte)((codes[i] & 0x0F) << LowShift(i));
            TwoBits.Set(ref block.High, i, codes[i] >> 4);
        }
        return block;
    }

    private static int LowByte(int i) => (i / 128 * 64) + (i % 64);

    private static int LowShift(int i) => i % 128 / 64 * 4;
}
