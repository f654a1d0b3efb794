using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// Blocks of 256 against activations of 8 bits. Brackets are whole numbers, summed exactly; what is f32 has one order, the same for every
/// kernel here: block after block,
/// <code>
///   y = (sum of scales * products) * (scale * x.scale) + y      y = (sum of minima * x.sums) * (-minimum scale * x.scale) + y
/// </code>
/// </summary>
internal readonly struct Format256<TBlock> : IFormat<TBlock, ActivationQ8K>
    where TBlock : unmanaged, IBlock256<TBlock>
{
    public static void Multiply(in Product<TBlock, ActivationQ8K> product)
    {
        if (Avx512BW.IsSupported && product.N >= Tile.LeastRowsOfX)
            Tile256<TBlock>.Multiply(product);
        else
            Rows256<TBlock>.Multiply(product);
    }

    public static void Widen(ReadOnlySpan<TBlock> from, Span<float> to)
    {
        for (int b = 0; b < from.Length; b++)
            from[b].Widen(to.Slice(b * ActivationQ8K.Elements, ActivationQ8K.Elements));
    }

    public static void Quantize(ReadOnlySpan<float> from, Span<TBlock> to)
    {
        for (int b = 0; b < to.Length; b++)
            to[b] = TBlock.Quantize(from.Slice(b * ActivationQ8K.Elements, ActivationQ8K.Elements));
    }
}

/// <summary>As <see cref="Format256{TBlock}"/>, where a product with few rows of x goes over whole blocks of four rows at once.</summary>
internal readonly struct Format256By4<TBlock> : IFormat<TBlock, ActivationQ8K>
    where TBlock : unmanaged, ICodes256<TBlock>
{
    public static void Multiply(in Product<TBlock, ActivationQ8K> product)
    {
        if (Avx512BW.IsSupported && FewRows256<TBlock>.Takes(product))
            FewRows256<TBlock>.Multiply(product);
        else if (Avx512BW.IsSupported && product.N <= FewRows256<TBlock>.Most)
            Quads256<TBlock>.Multiply(product);
        else
            Format256<TBlock>.Multiply(product);
    }

    public static void Widen(ReadOnlySpan<TBlock> from, Span<float> to) => Format256<TBlock>.Widen(from, to);

    public static void Quantize(ReadOnlySpan<float> from, Span<TBlock> to) => Format256<TBlock>.Quantize(from, to);
}
