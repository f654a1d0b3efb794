using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>weight[i] = Scale * code[i] + Minimum, codes as in <see cref="Q5_0"/>. 24 bytes, 6 bits per weight.</summary>
internal struct Q5_1 : IBlock32<Q5_1>
{
    public Half D;
    public Half M;
    public Row4<byte> High;
    public Row16<byte> Nibbles;

    public static bool HasMinimum => true;

    public static int Offset => 0;

    public readonly float Scale => F16.Widen(D);

    public readonly float Minimum => F16.Widen(M);

    public readonly Vector256<sbyte> Quants => (Lanes.Nibbles(in Nibbles[0]) | FifthBits.Of(in High)).AsSByte();

    public readonly void Widen(Span<float> to)
    {
        for (int i = 0; i < 16; i++)
        {
            to[i] = ((float)D * ((Nibbles[i] & 0x0F) | FifthBits.At(in High, i))) + (float)M;
            to[i + 16] = ((float)D * ((Nibbles[i] >> 4) | FifthBits.At(in High, i + 16))) + (float)M;
        }
    }

    public static Q5_1 Quantize(ReadOnlySpan<float> weights)
    {
        var (least, most) = Extremes.Of(weights);
        float scale = (most - least) / 31;
        float perUnit = scale == 0 ? 0 : 1 / scale;
        var block = new Q5_1 { D = (Half)scale, M = (Half)least };
        for (int i = 0; i < 16; i++)
        {
            int low = Code(weights[i]), high = Code(weights[i + 16]);
            block.Nibbles[i] = (byte)((low & 0x0F) | (high << 4));
            FifthBits.Set(ref block.High, i, low);
            FifthBits.Set(ref block.High, i + 16, high);
        }
        return block;

        int Code(float weight) => Math.Min(31, (int)(((weight - least) * perUnit) + 0.5f));
    }
}
