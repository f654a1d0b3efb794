using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// 256 weights in 16 parts of 16: weight = Scale * Scales[part] * quant - MinimumScale * Minima[part]. Where 32 weights share a scale, two
/// parts have the same. The bytes of GGUF's type of the same name.
/// </summary>
internal interface IBlock256<TSelf>
    where TSelf : unmanaged, IBlock256<TSelf>
{
    static abstract bool HasMinimum { get; }

    /// <summary>Whether each two parts have one scale.</summary>
    static abstract bool PairsShareScale { get; }

    float Scale { get; }

    float MinimumScale { get; }

    Vector128<sbyte> Scales { get; }

    Vector128<byte> Minima { get; }

    /// <summary>The 32 quants of parts 2 * pair and the next.</summary>
    Vector256<sbyte> Quants(int pair);

    /// <summary>The definition of the layout: to [256].</summary>
    void Widen(Span<float> to);

    /// <summary>The block that stands for 256 weights.</summary>
    static abstract TSelf Quantize(ReadOnlySpan<float> weights);
}
