using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>32 weights with one scale and mostly no minimum: weight[i] = Scale * Quants[i] + Minimum. The bytes of GGUF's type of the same name.</summary>
internal interface IBlock32<TSelf>
    where TSelf : unmanaged, IBlock32<TSelf>
{
    static abstract bool HasMinimum { get; }

    /// <summary>Less the lowest quant: added to a quant it gives a code from 0 on.</summary>
    static abstract int Offset { get; }

    /// <summary>1 where codes are below 32, so that four products of two each can be summed in 16 bits; else 2, of four bits each.</summary>
    static virtual int Planes => 1;

    float Scale { get; }

    float Minimum { get; }

    Vector256<sbyte> Quants { get; }

    /// <summary>The definition of the layout: to [32].</summary>
    void Widen(Span<float> to);

    /// <summary>The block that stands for 32 weights.</summary>
    static abstract TSelf Quantize(ReadOnlySpan<float> weights);
}
