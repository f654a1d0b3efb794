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

    /// <summary>Less the lowest quant: added to a quant it gives a code from 0 on. 0 where there are minima.</summary>
    static abstract int Offset { get; }

    /// <summary>1 where codes are below 64; else 2, of four bits each.</summary>
    static virtual int Planes => 1;

    /// <summary>Whether codes go beyond 31: then two products of two each fit 16 bits, else four.</summary>
    static virtual bool Wide => false;

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
