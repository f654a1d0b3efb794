using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// OCP Microscaling FP4: weight[i] = 2^(Exponent - 127) * E2M1 number[i], nibbles as in <see cref="Q4_0"/>. 17 bytes, 4.25 bits per weight.
/// </summary>
internal struct MXFP4 : IBlock32<MXFP4>
{
    public byte Exponent;
    public Row16<byte> Nibbles;

    public static bool HasMinimum => false;

    public static int Offset => 16;

    /// <summary>2^(Exponent - 128): half of the power, because the table's numbers are twice E2M1's. Exact, with f32 subnormals for 0 and 1.</summary>
    public readonly float Scale => ScaleOf(Exponent);

    public readonly float Minimum => 0;

    public readonly Vector256<sbyte> Quants => CodeTable.E2M1.Values(in Nibbles[0]);

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 16; i++)
        {
            to[i] = Scale * CodeTable.E2M1[Nibbles[i] & 0x0F];
            to[i + 16] = Scale * CodeTable.E2M1[Nibbles[i] >> 4];
        }
    }

    /// <summary>
    /// The exponent of the specification brings the farthest weight between 4 and 8, of which 6 is the last number; the next one between
    /// 2 and 4. The one that loses less is taken.
    /// </summary>
    public static MXFP4 Quantize(ReadOnlySpan<float> weights)
    {
        float farthest = MathF.Abs(Extremes.Farthest(weights));
        var block = new MXFP4();
        if (farthest == 0)
            return block;
        byte first = (byte)Math.Clamp(MathF.ILogB(farthest) - 2 + 127, 2, 253);
        bool wider = ScaleSearch.Error(weights, CodeTable.E2M1, ScaleOf((byte)(first + 1))) < ScaleSearch.Error(weights, CodeTable.E2M1, ScaleOf(first));
        block.Exponent = (byte)(wider ? first + 1 : first);
        CodeTable.E2M1.Encode(weights, 1 / block.Scale, block.Nibbles);
        return block;
    }

    private static float ScaleOf(byte exponent)
        => BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x0020_0000u << exponent : (uint)(exponent - 1) << 23);
}
