using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>32 weights with one scale and mostly no minimum: weight[i] = Scale * Quants[i] + Minimum. The bytes of GGUF's type of the same name.</summary>
internal interface IBlock32<TSelf>
    where TSelf : unmanaged, IBlock32<TSelf>
{
    static abstract bool HasMinimum { get; }

    float Scale { get; }

    float Minimum { get; }

    Vector256<sbyte> Quants { get; }

    /// <summary>The definition of the layout: to [32].</summary>
    void Widen(Span<float> to);

    /// <summary>The block that stands for 32 weights.</summary>
    static abstract TSelf Quantize(ReadOnlySpan<float> weights);
}
