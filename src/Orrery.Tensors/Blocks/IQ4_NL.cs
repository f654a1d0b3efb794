using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>weight[i] = Scale * table[nibble[i]], nibbles as in <see cref="Q4_0"/>. 18 bytes, 4.5 bits per weight.</summary>
internal struct IQ4_NL : IBlock32<IQ4_NL>
{
    public Half D;
    public Row16<byte> Nibbles;

    public static bool HasMinimum => false;

    public static int Offset => 128;

    public static int Planes => 2;

    public readonly float Scale => F16.Widen(D);

    public readonly float Minimum => 0;

    public readonly Vector256<sbyte> Quants => CodeTable.Iq4.Values(in Nibbles[0]);

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 16; i++)
        {
            to[i] = (float)D * CodeTable.Iq4[Nibbles[i] & 0x0F];
            to[i + 16] = (float)D * CodeTable.Iq4[Nibbles[i] >> 4];
        }
    }

    public static IQ4_NL Quantize(ReadOnlySpan<float> weights)
    {
        var block = new IQ4_NL { D = (Half)ScaleSearch.Best(weights, CodeTable.Iq4, step: 1) };
        CodeTable.Iq4.Encode(weights, ScaleSearch.PerUnit(block.Scale), block.Nibbles);
        return block;
    }
}
