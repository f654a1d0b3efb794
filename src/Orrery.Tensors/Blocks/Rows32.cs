using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>Blocks of 32, one row of W times one row of x after the other, on any processor.</summary>
internal static unsafe class Rows32<TBlock>
    where TBlock : unmanaged, IBlock32<TBlock>
{
    // A row of W stays in the first-level cache while the rows of x pass by.
    [MethodImpl(Hot.Loop)]
    public static void Multiply(in Product<TBlock, ActivationQ8> product)
    {
        for (int row = 0; row < product.Rows; row++)
        {
            for (int i = 0; i < product.N; i++)
                *product.Y(i, row) = Dot(product.W(row), product.RowBlocks, product.X(i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(TBlock* w, int blocks, ActivationQ8* x)
    {
        var sums = Vector128<float>.Zero;
        int b = 0;
        for (; b + 4 <= blocks; b += 4, w += 4, x++)
            sums = Add(w, w + 1, w + 2, w + 3, x, sums);
        if (b == blocks)
            return Total(sums);

        // In place of blocks that are not there any will do: activations and their scales are zeros.
        return Total(Add(w, b + 1 < blocks ? w + 1 : w, b + 2 < blocks ? w + 2 : w, w, x, sums));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Add(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, ActivationQ8* x, Vector128<float> sums)
    {
        var products = Int8.Sums(Dot(w0, x, 0), Dot(w1, x, 1), Dot(w2, x, 2), Dot(w3, x, 3));
        var scales = Vector128.Create(w0->Scale, w1->Scale, w2->Scale, w3->Scale) * Vector128.LoadUnsafe(ref x->Scales[0]);
        sums = Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(products), scales, sums);
        if (!TBlock.HasMinimum)
            return sums;
        return Vector128.MultiplyAddEstimate(Vector128.Create(w0->Minimum, w1->Minimum, w2->Minimum, w3->Minimum), Vector128.LoadUnsafe(ref x->Sums[0]), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(TBlock* w, ActivationQ8* x, int block)
    {
        sbyte* quants = (sbyte*)x + (16 * block);
        return Int8.Dot(w->Quants, Vector256.Create(Vector128.Load(quants), Vector128.Load(quants + 64)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Total(Vector128<float> sums) => sums[0] + sums[1] + (sums[2] + sums[3]);
}
