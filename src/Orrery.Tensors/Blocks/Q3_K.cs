using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// weight = D * (scale of the part - 32) * (code - 4), codes of 3 bits, scales of 6: four bits of scale i in a nibble of byte i % 8, the
/// first eight in the low ones, two in byte 8 + i % 4 from bit 2 * (i / 4) on. 110 bytes, 3.4375 bits per weight.
/// </summary>
internal unsafe struct Q3_K : ICodes256<Q3_K>
{
    public Row32<byte> High;
    public Row64<byte> Low;
    public Row12<byte> Parts;
    public Half D;

    public static bool HasMinimum => false;

    public static int Offset => 4;

    public readonly float Scale => F16.Widen(D);

    public readonly float MinimumScale => 0;

    public readonly Vector128<sbyte> Scales
    {
        get
        {
            ulong low = Unsafe.ReadUnaligned<ulong>(in Parts[0]);
            uint high = Unsafe.ReadUnaligned<uint>(in Parts[8]);
            const ulong Nibbles = 0x0F0F0F0F0F0F0F0F;
            var nibbles = Vector128.Create(low & Nibbles, (low >> 4) & Nibbles).AsByte();
            var rest = (Vector128.Create(high, high >> 2, high >> 4, high >> 6) & Vector128.Create(0x03030303u)) << 4;
            return (nibbles | rest.AsByte()).AsSByte() - Vector128.Create((sbyte)32);
        }
    }

    public readonly Vector128<byte> Minima => default;

    public readonly Vector256<sbyte> Quants(int pair)
        => (TwoBits.Of(in Low, pair) | (HighBits.Of(in High, pair) << 2)).AsSByte() - Vector256.Create((sbyte)4);

    public static int PartCount => 16;

    public static (int First, int Second) Places(int vector) => Q2_K.Places(vector);

    // Safety: 32 and 64 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<byte> A, Vector512<byte> B, Vector512<byte> C, Vector512<byte> D) AllCodes(Q3_K* block)
    {
        var high = Lanes.Twice((byte*)&block->High);
        var (a, b, c, d) = Lanes.TwoBits(Vector512.Load((byte*)&block->Low));
        return (Lanes.With(a, high, 2, -2, 0x04), Lanes.With(b, high, 1, -3, 0x04), Lanes.With(c, high, 0, -4, 0x04), Lanes.With(d, high, -1, -5, 0x04));
    }

    // Safety: the last four bytes of each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Parts256 PartsOf(Q3_K* a, Q3_K* b, Q3_K* c, Q3_K* d)
        => new(
            Lanes.Both(Vector256.Create(a->Scales, b->Scales), Vector256.Create(c->Scales, d->Scales)).AsByte(), default,
            Lanes.Four((uint*)(a + 1) - 1, (uint*)(b + 1) - 1, (uint*)(c + 1) - 1, (uint*)(d + 1) - 1) >>> 16);

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 256; i++)
            to[i] = (float)D * PartScale(i / 16) * ((TwoBits.At(in Low, i) | (HighBits.At(in High, i) << 2)) - 4);
    }

    public static Q3_K Quantize(ReadOnlySpan<float> weights)
    {
        Span<sbyte> scales = stackalloc sbyte[16];
        Span<byte> codes = stackalloc byte[256];
        var block = new Q3_K { D = SymmetricParts.Of(weights, half: 4, most: 32, scales, codes) };
        for (int part = 0; part < 16; part++)
        {
            int scale = scales[part] + 32;
            block.Parts[part % 8] |= (byte)((scale & 0x0F) << (part / 8 * 4));
            block.Parts[8 + (part % 4)] |= (byte)(scale >> 4 << (part / 4 * 2));
        }
        for (int i = 0; i < 256; i++)
        {
            TwoBits.Set(ref block.Low, i, codes[i] & 3);
            HighBits.Set(ref block.High, i, codes[i] >> 2);
        }
        return block;
    }

    private readonly int PartScale(int part)
        => (((Parts[part % 8] >> (part / 8 * 4)) & 0x0F) | (((Parts[8 + (part % 4)] >> (part / 4 * 2)) & 3) << 4)) - 32;
}
