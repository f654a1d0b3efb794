using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>Some rows of x with AVX-512, blocks of 256: the steps of <see cref="Quads256{TBlock}"/>, with blocks of W unpacked once for two rows of x.</summary>
internal static unsafe class FewRows256<TBlock>
    where TBlock : unmanaged, ICodes256<TBlock>
{
    /// <summary>Rows of x, at most: unpacking a tile takes about as long as multiplying it by twelve.</summary>
    public const int Most = 16;

    /// <summary>Codes of six bits take too many registers: their rows of x are faster one by one.</summary>
    public static bool Takes(in Product<TBlock, ActivationQ8K> product) => product.N is > 1 and <= Most && !TBlock.Wide;

    [MethodImpl(Hot.Loop)]
    public static void Multiply(in Product<TBlock, ActivationQ8K> product)
    {
        int last = product.Rows - 1, lastX = product.N - 1;
        int apart = (product.Rows + 3) / 4;
        for (int row = 0; row < apart; row++)
        {
            // The last of the four may have fewer rows: then the very last is multiplied again. So with rows of x.
            int r1 = Math.Min(row + apart, last), r2 = Math.Min(row + (2 * apart), last), r3 = Math.Min(row + (3 * apart), last);
            for (int i = 0; i <= lastX; i += 2)
            {
                int next = Math.Min(i + 1, lastX);
                var (y, z) = Sums(product.W(row), product.W(r1), product.W(r2), product.W(r3), product.RowBlocks, product.X(i), product.X(next));
                (*product.Y(i, row), *product.Y(next, row)) = (y[0], z[0]);
                (*product.Y(i, r1), *product.Y(next, r1)) = (y[1], z[1]);
                (*product.Y(i, r2), *product.Y(next, r2)) = (y[2], z[2]);
                (*product.Y(i, r3), *product.Y(next, r3)) = (y[3], z[3]);
            }
        }
    }

    /// <summary>What concerns W alone is the same for both rows of x, and computed once: the compiler sees to it.</summary>
    [MethodImpl(Hot.Loop)]
    private static (Vector128<float>, Vector128<float>) Sums(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, int blocks, ActivationQ8K* x0, ActivationQ8K* x1)
    {
        var order = Quads256<TBlock>.Order;
        var (y0, y1) = (Vector128<float>.Zero, Vector128<float>.Zero);
        var end = x0 + blocks;
        for (; x0 != end; x0++, x1++, w0++, w1++, w2++, w3++)
        {
            y0 = Quads256<TBlock>.Add(w0, w1, w2, w3, x0, order, y0);
            y1 = Quads256<TBlock>.Add(w0, w1, w2, w3, x1, order, y1);
        }
        return (y0, y1);
    }
}
