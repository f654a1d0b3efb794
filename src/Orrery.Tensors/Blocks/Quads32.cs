using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// Few rows of x with AVX-512: four blocks of four rows of W at once, as they lie in the file. Each 16 bytes of a vector belong to one block,
/// and after the products to one block of four rows. The four rows are a quarter of all apart: so each is read as a stream of its own, which
/// the processor fetches ahead; four neighbours look like none, and were read at 11 GB/s instead of 29.
/// </summary>
internal static unsafe class Quads32<TBlock>
    where TBlock : unmanaged, IBlocks4<TBlock>
{
    [MethodImpl(Hot.Loop)]
    public static void Multiply(in Product<TBlock, ActivationQ8> product)
    {
        int last = product.Rows - 1;
        int apart = (product.Rows + 3) / 4;
        int groups = product.RowBlocks / 4, rest = product.RowBlocks % 4;
        for (int row = 0; row < apart; row++)
        {
            // The last of the four may have fewer rows: then the very last is multiplied again.
            int r1 = Math.Min(row + apart, last), r2 = Math.Min(row + (2 * apart), last), r3 = Math.Min(row + (3 * apart), last);
            for (int i = 0; i < product.N; i++)
            {
                TBlock* w0 = product.W(row), w1 = product.W(r1), w2 = product.W(r2), w3 = product.W(r3);
                var x = product.X(i);
                var end = x + groups;
                var sums = Vector512<float>.Zero;
                for (; x != end; x++, w0 += 4, w1 += 4, w2 += 4, w3 += 4)
                    sums = Add(w0, w1, w2, w3, x, sums);

                // Blocks that are no four are done one by one.
                var (sum0, sum1) = (sums.GetLower().GetLower(), sums.GetLower().GetUpper());
                var (sum2, sum3) = (sums.GetUpper().GetLower(), sums.GetUpper().GetUpper());
                if (rest > 0)
                    sum0 = AddOne(w0, w1, w2, w3, x, 0, sum0);
                if (rest > 1)
                    sum1 = AddOne(w0, w1, w2, w3, x, 1, sum1);
                if (rest > 2)
                    sum2 = AddOne(w0, w1, w2, w3, x, 2, sum2);
                var y = sum0 + sum1 + (sum2 + sum3);
                *product.Y(i, row) = y[0];
                *product.Y(i, r1) = y[1];
                *product.Y(i, r2) = y[2];
                *product.Y(i, r3) = y[3];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, ActivationQ8* x, Vector512<float> sums)
    {
        var products = TBlock.Products(w0, w1, w2, w3, x);
        if (TBlock.Unsigned && TBlock.Offset != 0)
            products -= Each(Vector128.Load((int*)&x->Totals).AsSingle()).AsInt32() << BitOperations.Log2((uint)TBlock.Offset);
        var halves = TBlock.Halves(w0, w1, w2, w3);
        sums = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(products), F16.Widen(halves) * Each(Vector128.Load((float*)&x->Scales)), sums);
        if (TBlock.HasMinimum)
            sums = Avx512F.FusedMultiplyAdd(F16.Widen(halves >>> 16), Each(Vector128.Load((float*)&x->Sums)), sums);
        return sums;
    }

    /// <summary>One block of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddOne(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, ActivationQ8* x, int block, Vector128<float> sum)
    {
        w0 += block;
        w1 += block;
        w2 += block;
        w3 += block;
        sbyte* first = (sbyte*)x + (16 * block);
        var quants = Vector128.Load(first).ToVector256Unsafe().WithUpper(Vector128.Load(first + 64));
        var products = Int8.Sums(Int8.Dot(w0->Quants, quants), Int8.Dot(w1->Quants, quants), Int8.Dot(w2->Quants, quants), Int8.Dot(w3->Quants, quants));
        var scales = Vector128.Create(w0->Scale, w1->Scale, w2->Scale, w3->Scale) * Vector128.Create(((float*)&x->Scales)[block]);
        sum = Fma.MultiplyAdd(Vector128.ConvertToSingle(products), scales, sum);
        if (TBlock.HasMinimum)
            sum = Fma.MultiplyAdd(Vector128.Create(w0->Minimum, w1->Minimum, w2->Minimum, w3->Minimum), Vector128.Create(((float*)&x->Sums)[block]), sum);
        return sum;
    }

    /// <summary>Each of four numbers four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Each(Vector128<float> four)
        => Avx512F.PermuteVar16x32(four.ToVector256Unsafe().ToVector512Unsafe(), Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));
}
