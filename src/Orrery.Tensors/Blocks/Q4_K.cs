using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// weight = D * scale * code - DMin * minimum, codes of 4 bits, one scale and minimum for 32 weights (<see cref="SixBits"/>).
/// 144 bytes, 4.5 bits per weight.
/// </summary>
internal struct Q4_K : IBlock256<Q4_K>
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
