using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>Blocks of 256 against activations of 8 bits.</summary>
internal readonly struct Format256<TBlock> : IFormat<TBlock, ActivationQ8K>
    where TBlock : unmanaged, IBlock256<TBlock>
{
    /// <summary>Sum over blocks of x.scale * (scale * (sum of scales * products) - minimum scale * (sum of minima * x.sums)), brackets in whole numbers.</summary>
    public static float Dot(ReadOnlySpan<TBlock> w, ReadOnlySpan<ActivationQ8K> x)
    {
        Shapes.CheckSame(x.Length, w.Length, nameof(w));
        var sum = Vector256<float>.Zero;
        for (int b = 0; b < w.Length; b++)
        {
            // Safety: nothing writes to the block; without AsRef it would be copied for every call.
            ref var block = ref Unsafe.AsRef(in w[b]);
            ref readonly var activation = ref x[b];
            var products = Vector256.ConvertToSingle(Products(ref block, in activation));
            sum = Vector256.MultiplyAddEstimate(products, Vector256.Create(block.Scale * activation.Scale), sum);
            if (TBlock.HasMinimum)
            {
                var minima = Vector256.ConvertToSingle(Minima(block.Minima, in activation));
                sum = Vector256.MultiplyAddEstimate(minima, Vector256.Create(-block.MinimumScale * activation.Scale), sum);
            }
        }
        return Vector256.Sum(sum);
    }

    // Eight sums; together at most 256 * 127 * 32 * 128, below 2^31.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(ref TBlock block, in ActivationQ8K x)
    {
        var (low, high) = Vector128.Widen(block.Scales);
        var scales = default(Row16<int>);
        Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)).StoreUnsafe(ref scales[0]);
        Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high)).StoreUnsafe(ref scales[8]);
        var even = Product(ref block, in x, 0, in scales) + Product(ref block, in x, 2, in scales);
        var odd = Product(ref block, in x, 1, in scales) + Product(ref block, in x, 3, in scales);
        even += Product(ref block, in x, 4, in scales) + Product(ref block, in x, 6, in scales);
        odd += Product(ref block, in x, 5, in scales) + Product(ref block, in x, 7, in scales);
        return even + odd;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Product(ref TBlock block, in ActivationQ8K x, int pair, in Row16<int> scales)
    {
        // Safety: pair is 0 to 7, the quants of an activation are 256 bytes.
        var quants = Vector256.LoadUnsafe(in x.Quants[32 * pair]);
        if (TBlock.PairsShareScale)
            return Int8.Dot(block.Quants(pair), quants) * Vector256.Create(scales[2 * pair]);
        var (first, second) = Int8.Dots(block.Quants(pair), quants);
        return (first * Vector256.Create(scales[2 * pair])) + (second * Vector256.Create(scales[(2 * pair) + 1]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Minima(Vector128<byte> minima, in ActivationQ8K x)
    {
        // Safety: the sums are 16.
        var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(in x.Sums[0]));
        var (a, b) = Vector128.Widen(minima);
        var first = Vector256.Create(Vector128.WidenLower(a), Vector128.WidenUpper(a)).AsInt32();
        var second = Vector256.Create(Vector128.WidenLower(b), Vector128.WidenUpper(b)).AsInt32();
        return (low * first) + (high * second);
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
