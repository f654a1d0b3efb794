using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>Blocks of 256, four rows of W times one row of x after the other, on any processor.</summary>
internal static unsafe class Rows256<TBlock>
    where TBlock : unmanaged, IBlock256<TBlock>
{
    // As for blocks of 32.
    private const int Ahead = 4096;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in Product<TBlock, ActivationQ8K> product)
    {
        int last = product.Rows - 1;
        for (int row = 0; row <= last; row += 4)
        {
            // The last rows may be fewer: then the very last is multiplied again.
            TBlock* w0 = product.W(row), w1 = product.W(Math.Min(row + 1, last)), w2 = product.W(Math.Min(row + 2, last)), w3 = product.W(Math.Min(row + 3, last));
            for (int i = 0; i < product.N; i++)
            {
                var sums = Vector128<float>.Zero;
                var x = product.X(i);
                for (int b = 0; b < product.RowBlocks; b++)
                    sums = Add(w0 + b, w1 + b, w2 + b, w3 + b, x + b, sums);
                for (int r = 0; r < 4 && row + r <= last; r++)
                    *product.Y(i, row + r) = sums[r];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Add(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, ActivationQ8K* x, Vector128<float> sums)
    {
        var products = Int8.Sums(Dot(w0, x), Dot(w1, x), Dot(w2, x), Dot(w3, x));
        var scale = Vector128.Create(x->Scale);
        sums = Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(products), Vector128.Create(w0->Scale, w1->Scale, w2->Scale, w3->Scale) * scale, sums);
        if (!TBlock.HasMinimum)
            return sums;
        var minima = Int8.Sums(Minima(w0, x), Minima(w1, x), Minima(w2, x), Minima(w3, x));
        var minimumScales = -Vector128.Create(w0->MinimumScale, w1->MinimumScale, w2->MinimumScale, w3->MinimumScale);
        return Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(minima), minimumScales * scale, sums);
    }

    // Eight sums; together at most 256 * 127 * 32 * 128, below 2^31.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(TBlock* block, ActivationQ8K* x)
    {
        if (Sse.IsSupported)
        {
            for (int line = 0; line < sizeof(TBlock); line += 64)
                Sse.Prefetch0((byte*)block + Ahead + line);
        }
        var scales = block->Scales.AsByte();
        var even = Dot(block, x, 0, scales) + Dot(block, x, 2, scales);
        var odd = Dot(block, x, 1, scales) + Dot(block, x, 3, scales);
        even += Dot(block, x, 4, scales) + Dot(block, x, 6, scales);
        odd += Dot(block, x, 5, scales) + Dot(block, x, 7, scales);
        return even + odd;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(TBlock* block, ActivationQ8K* x, int pair, Vector128<byte> scales)
    {
        var quants = Vector256.Load((sbyte*)&x->Quants + (32 * pair));
        var which = Vector128.Create(Vector64.Create((byte)(2 * pair)), Vector64.Create((byte)((2 * pair) + 1)));
        var own = Vector128.ShuffleNative(scales, which).AsSByte();
        if (!Avx2.IsSupported)
            return Int8.DotPlain(block->Quants(pair), quants, Vector256.Create(Vector128.WidenLower(own), Vector128.WidenUpper(own)));
        var wide = Avx2.ConvertToVector256Int16(own);
        return TBlock.HasMinimum
            ? Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(block->Quants(pair).AsByte(), quants), wide)
            : Int8.Dot(block->Quants(pair), quants, wide);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Minima(TBlock* block, ActivationQ8K* x)
    {
        var (sums, minima) = (Vector256.Load((short*)&x->Sums), block->Minima);
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(minima), sums);
        var (low, high) = Vector256.Widen(sums);
        var (a, b) = Vector128.Widen(minima);
        var first = Vector256.Create(Vector128.WidenLower(a), Vector128.WidenUpper(a)).AsInt32();
        var second = Vector256.Create(Vector128.WidenLower(b), Vector128.WidenUpper(b)).AsInt32();
        return (low * first) + (high * second);
    }
}
