using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// weight = D * (scale - 32) * table[nibble], one scale of 6 bits for 32 weights: four in a nibble of <see cref="Low"/>, two in
/// <see cref="High"/>. The nibbles of each 32 weights are 16 bytes as in <see cref="Q4_0"/>. 136 bytes, 4.25 bits per weight.
/// </summary>
internal struct IQ4_XS : IBlock256<IQ4_XS>
{
    public Half D;
    public ushort High;
    public Row4<byte> Low;
    public Row128<byte> Codes;

    public static bool HasMinimum => false;

    public static int Offset => 128;

    public static int Planes => 2;

    public readonly float Scale => F16.Widen(D);

    public readonly float MinimumScale => 0;

    public readonly Vector128<sbyte> Scales
    {
        get
        {
            // Byte i of the low nibbles belongs to scales 2i and 2i + 1, two bits each of the high ones to one scale; every scale is needed twice.
            uint low = Unsafe.ReadUnaligned<uint>(in Low[0]);
            var nibbles = Vector128.Shuffle(
                Vector128.Create(low & 0x0F0F0F0F, (low >> 4) & 0x0F0F0F0F, 0, 0).AsByte(), Vector128.Create((byte)0, 0, 4, 4, 1, 1, 5, 5, 2, 2, 6, 6, 3, 3, 7, 7));
            var pairs = Vector128.Create(High, (ushort)(High >> 2), (ushort)(High >> 4), (ushort)(High >> 6), 0, 0, 0, 0).AsByte() & Vector128.Create((byte)3);
            var rest = Vector128.Shuffle(pairs, Vector128.Create((byte)0, 0, 2, 2, 4, 4, 6, 6, 1, 1, 3, 3, 5, 5, 7, 7)) << 4;
            return (nibbles | rest).AsSByte() - Vector128.Create((sbyte)32);
        }
    }

    public readonly Vector128<byte> Minima => default;

    public readonly Vector256<sbyte> Quants(int pair) => CodeTable.Iq4.Values(in Codes[16 * pair]);

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 256; i++)
        {
            int scale = (((Low[i / 64] >> (i / 32 % 2 * 4)) & 0x0F) | (((High >> (i / 32 * 2)) & 3) << 4)) - 32;
            to[i] = (float)D * scale * CodeTable.Iq4[(Codes[(i / 32 * 16) + (i % 16)] >> (i % 32 / 16 * 4)) & 0x0F];
        }
    }

    public static IQ4_XS Quantize(ReadOnlySpan<float> weights)
    {
        Span<sbyte> scales = stackalloc sbyte[8];
        var block = new IQ4_XS { D = SymmetricParts.Scales(weights, CodeTable.Iq4, step: 1, most: 32, scales) };
        for (int part = 0; part < 8; part++)
        {
            int scale = scales[part] + 32;
            block.Low[part / 2] |= (byte)((scale & 0x0F) << (part % 2 * 4));
            block.High |= (ushort)(scale >> 4 << (part * 2));
            CodeTable.Iq4.Encode(weights.Slice(32 * part, 32), ScaleSearch.PerUnit(block.Scale * scales[part]), block.Codes[(16 * part)..((16 * part) + 16)]);
        }
        return block;
    }
}
