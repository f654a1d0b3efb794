using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>Blocks of 256, four rows of W times one row of x after the other, on any processor.</summary>
internal static unsafe class Rows256<TBlock>
    where TBlock : unmanaged, IBlock256<TBlock>
{
    private const ulong EachByte = 0x0101010101010101;

    // The four rows are a quarter of all apart, as for blocks of 32.
    [MethodImpl(Hot.Loop)]
    public static void Multiply(in Product<TBlock, ActivationQ8K> product)
    {
        int last = product.Rows - 1;
        int apart = (product.Rows + 3) / 4;
        var w = stackalloc TBlock*[4];
        var dots = stackalloc Vector256<int>[4];
        var minima = stackalloc Vector256<int>[4];
        for (int row = 0; row < apart; row++)
        {
            for (int r = 0; r < 4; r++)
                w[r] = product.W(Math.Min(row + (r * apart), last));
            for (int i = 0; i < product.N; i++)
            {
                var sums = Vector128<float>.Zero;
                var x = product.X(i);
                for (int b = 0; b < product.RowBlocks; b++, x++)
                {
                    for (int r = 0; r < 4; r++)
                    {
                        var block = w[r] + b;
                        dots[r] = Dot(block, x);
                        if (TBlock.HasMinimum)
                            minima[r] = Minima(block, x);
                    }

                    // Scales do not go over the stack: what is written in pieces and read in one makes the reader wait.
                    TBlock* w0 = w[0] + b, w1 = w[1] + b, w2 = w[2] + b, w3 = w[3] + b;
                    sums = Add(dots, Vector128.Create(w0->Scale, w1->Scale, w2->Scale, w3->Scale) * x->Scale, sums);
                    if (TBlock.HasMinimum)
                        sums = Add(minima, Vector128.Create(w0->MinimumScale, w1->MinimumScale, w2->MinimumScale, w3->MinimumScale) * -x->Scale, sums);
                }
                for (int r = 0; r < 4; r++)
                    *product.Y(i, Math.Min(row + (r * apart), last)) = sums[r];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Add(Vector256<int>* of, Vector128<float> scales, Vector128<float> sums)
        => Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(Int8.Sums(of[0], of[1], of[2], of[3])), scales, sums);

    // Eight sums; together at most 256 * 127 * 32 * 128, below 2^31.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(TBlock* block, ActivationQ8K* x)
    {
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
        var which = Vector128.Create(EachByte * (2 * (ulong)pair), EachByte * ((2 * (ulong)pair) + 1)).AsByte();
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
