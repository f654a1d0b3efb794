using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// Blocks of 32 against activations of 8 bits. Whole numbers are summed exactly and so in any order; what is f32 has one order, the same
/// for every kernel here. Sum j takes blocks j, j + 4, … one after the other:
/// <code>
///   sum[j] = sum of products * (scale * x.scale) + sum[j]      sum[j] = minimum * x.sum + sum[j]      y = (sum[0] + sum[1]) + (sum[2] + sum[3])
/// </code>
/// </summary>
internal readonly unsafe struct Format32<TBlock> : IFormat<TBlock, ActivationQ8>
    where TBlock : unmanaged, IBlock32<TBlock>
{
    public static void Multiply(in Product<TBlock, ActivationQ8> product)
    {
        if (Avx512BW.IsSupported && product.N >= Tile.LeastRowsOfX)
            Tile32<TBlock>.Multiply(product);
        else
            Rows32<TBlock>.Multiply(product);
    }

    public static void Widen(ReadOnlySpan<TBlock> from, Span<float> to)
    {
        for (int b = 0; b < from.Length; b++)
            from[b].Widen(to.Slice(b * ActivationQ8.Elements, ActivationQ8.Elements));
    }

    public static void Quantize(ReadOnlySpan<float> from, Span<TBlock> to)
    {
        for (int b = 0; b < to.Length; b++)
            to[b] = TBlock.Quantize(from.Slice(b * ActivationQ8.Elements, ActivationQ8.Elements));
    }
}

/// <summary>As <see cref="Format32{TBlock}"/>, where a product with one row of x goes over four blocks of four rows at once.</summary>
internal readonly unsafe struct Format32By4<TBlock> : IFormat<TBlock, ActivationQ8>
    where TBlock : unmanaged, IBlocks4<TBlock>
{
    public static void Multiply(in Product<TBlock, ActivationQ8> product)
    {
        if (Avx512BW.IsSupported && FewRows32<TBlock>.Takes(product))
            FewRows32<TBlock>.Multiply(product);
        else if (Avx512BW.IsSupported && product.N < Tile.LeastRowsOfX)
            Quads32<TBlock>.Multiply(product);
        else
            Format32<TBlock>.Multiply(product);
    }

    public static void Widen(ReadOnlySpan<TBlock> from, Span<float> to) => Format32<TBlock>.Widen(from, to);

    public static void Quantize(ReadOnlySpan<float> from, Span<TBlock> to) => Format32<TBlock>.Quantize(from, to);
}
