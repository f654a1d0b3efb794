using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>As <see cref="Q4_K"/>, with codes of 5 bits. 176 bytes, 5.5 bits per weight.</summary>
internal struct Q5_K : IBlock256<Q5_K>
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
