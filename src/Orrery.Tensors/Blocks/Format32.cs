using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>Blocks of 32 against activations of 8 bits.</summary>
internal readonly struct Format32<TBlock> : IFormat<TBlock, ActivationQ8>
    where TBlock : unmanaged, IBlock32<TBlock>
{
    /// <summary>Sum over blocks of scale * x.scale * (sum of products in whole numbers) + minimum * x.sum.</summary>
    public static float Dot(ReadOnlySpan<TBlock> w, ReadOnlySpan<ActivationQ8> x)
    {
        Shapes.CheckSame(x.Length, w.Length, nameof(w));
        var sum = Vector256<float>.Zero;
        float minima = 0;
        for (int b = 0; b < w.Length; b++)
        {
            // Safety: nothing writes to the block; without AsRef it would be copied for every call. The quants of an activation are 32 bytes.
            ref var block = ref Unsafe.AsRef(in w[b]);
            ref readonly var activation = ref x[b];
            var products = Int8.Dot(block.Quants, Vector256.LoadUnsafe(in activation.Quants[0]));
            sum = Vector256.MultiplyAddEstimate(Vector256.ConvertToSingle(products), Vector256.Create(block.Scale * activation.Scale), sum);
            if (TBlock.HasMinimum)
                minima += block.Minimum * activation.Sum;
        }
        return Vector256.Sum(sum) + minima;
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
