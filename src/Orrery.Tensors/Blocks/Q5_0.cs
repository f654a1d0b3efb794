using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>weight[i] = Scale * (code[i] - 16) with codes of 5 bits: a nibble and a bit of <see cref="High"/>. 22 bytes, 5.5 bits per weight.</summary>
internal struct Q5_0 : IBlock32<Q5_0>
{
    public Half D;
    public Row4<byte> High;
    public Row16<byte> Nibbles;

    public static bool HasMinimum => false;

    public static int Offset => 16;

    public readonly float Scale => F16.Widen(D);

    public readonly float Minimum => 0;

    public readonly Vector256<sbyte> Quants => (Lanes.Nibbles(in Nibbles[0]) | FifthBits.Of(in High)).AsSByte() - Vector256.Create((sbyte)16);

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 16; i++)
        {
            to[i] = (float)D * (((Nibbles[i] & 0x0F) | FifthBits.At(in High, i)) - 16);
            to[i + 16] = (float)D * (((Nibbles[i] >> 4) | FifthBits.At(in High, i + 16)) - 16);
        }
    }

    /// <summary>The farthest weight becomes -16 exactly, which leaves 15 for the other side.</summary>
    public static Q5_0 Quantize(ReadOnlySpan<float> weights)
    {
        float scale = Extremes.Farthest(weights) / -16;
        float perUnit = scale == 0 ? 0 : 1 / scale;
        var block = new Q5_0 { D = (Half)scale };
        for (int i = 0; i < 16; i++)
        {
            int low = Code(weights[i]), high = Code(weights[i + 16]);
            block.Nibbles[i] = (byte)((low & 0x0F) | (high << 4));
            FifthBits.Set(ref block.High, i, low);
            FifthBits.Set(ref block.High, i + 16, high);
        }
        return block;

        int Code(float weight) => Math.Min(31, (int)((weight * perUnit) + 16.5f));
    }
}
