using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// Many rows of x with AVX-512. 32 rows of W are unpacked into codes without a sign, then each vector of them meets four rows of x:
/// a lane belongs to one row of W, so that nothing is added across lanes.
/// <code>
///   block of the tile    planes x 8 places x [32 rows, 4 codes] u8      scales [32] f32      minima [32] f32 where there are
/// </code>
/// Blocks j, j + 4, … stand one after the other, as they are summed.
/// </summary>
internal static unsafe class Tile32<TBlock>
    where TBlock : unmanaged, IBlock32<TBlock>
{
    private const int VectorPair = 4 * Tile.Rows;                       // bytes: two vectors, of 16 rows each
    private const int PlaneBytes = 8 * VectorPair;

    private static int CodeBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Planes * PlaneBytes;
    }

    private static int BlockBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => CodeBytes + (4 * Tile.Rows) + (TBlock.HasMinimum ? 4 * Tile.Rows : 0);
    }

    [MethodImpl(Hot.Loop)]
    public static void Multiply(in Product<TBlock, ActivationQ8> product)
    {
        byte* tile = Tile.Memory((long)product.RowBlocks * BlockBytes);
        for (int row = 0; row < product.Rows; row += Tile.Rows)
        {
            Unpack(product, row, tile);
            for (int i = 0; i < product.N; i += Tile.RowsOfX)
                Multiply(product, row, i, tile);
        }
    }

    [MethodImpl(Hot.Loop)]
    private static void Unpack(in Product<TBlock, ActivationQ8> product, int row, byte* tile)
    {
        var rows = stackalloc Vector256<int>[8];
        for (int eight = 0; eight < Tile.Rows; eight += 8)
        {
            byte* to = tile;
            for (int sum = 0; sum < 4; sum++)
            {
                for (int b = sum; b < product.RowBlocks; b += 4, to += BlockBytes)
                {
                    for (int r = 0; r < 8; r++)
                    {
                        // The last tile may have fewer rows: then the very last is there again.
                        var block = product.W(Math.Min(row + eight + r, product.Rows - 1)) + b;
                        rows[r] = (block->Quants + Vector256.Create((sbyte)TBlock.Offset)).AsInt32();
                        ((float*)(to + CodeBytes))[eight + r] = block->Scale;
                        if (TBlock.HasMinimum)
                            ((float*)(to + CodeBytes))[Tile.Rows + eight + r] = block->Minimum;
                    }
                    Tile.Turn(rows, to + (4 * eight), 4 * Tile.Rows, TBlock.Planes == 1 ? 0 : PlaneBytes);
                }
            }
        }
    }

    /// <summary>Four rows of x from number i on; the last of x again where there are fewer.</summary>
    [MethodImpl(Hot.Loop)]
    private static void Multiply(in Product<TBlock, ActivationQ8> product, int row, int i, byte* tile)
    {
        int last = product.N - 1;
        ActivationQ8* x0 = product.X(i), x1 = product.X(Math.Min(i + 1, last)), x2 = product.X(Math.Min(i + 2, last)), x3 = product.X(Math.Min(i + 3, last));
        var earlier = stackalloc Vector512<float>[16];
        byte* w = tile;
        for (int sum = 0; sum < 4; sum++)
        {
            var (f0, f1, f2, f3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            var (g0, g1, g2, g3) = (f0, f0, f0, f0);
            for (int b = sum; b < product.RowBlocks; b += 4)
            {
                int group = b / 4;
                var (s0, s1) = (Offset(x0 + group, sum), Offset(x1 + group, sum));
                var (s2, s3) = (Offset(x2 + group, sum), Offset(x3 + group, sum));
                var (t0, t1, t2, t3) = (s0, s1, s2, s3);
                for (int half = 0; half < 2 * TBlock.Planes; half++, w += PlaneBytes / 2)
                {
                    int from = (16 * sum) + (half % 2 * 64);
                    sbyte* q0 = (sbyte*)(x0 + group) + from, q1 = (sbyte*)(x1 + group) + from, q2 = (sbyte*)(x2 + group) + from, q3 = (sbyte*)(x3 + group) + from;
                    TileSums.Set(w, q0, q1, q2, q3, 0, out var a0, out var a1, out var a2, out var a3, out var b0, out var b1, out var b2, out var b3);
                    TileSums.Add(w + VectorPair, q0, q1, q2, q3, 4, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                    TileSums.Add(w + (2 * VectorPair), q0, q1, q2, q3, 8, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                    TileSums.Add(w + (3 * VectorPair), q0, q1, q2, q3, 12, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                    var weight = Vector512.Create((short)(half < 2 ? 1 : 16));
                    TileSums.AddTimes(weight, weight, a0, a1, a2, a3, b0, b1, b2, b3, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                }

                float* e0 = (float*)&x0[group].Scales, e1 = (float*)&x1[group].Scales, e2 = (float*)&x2[group].Scales, e3 = (float*)&x3[group].Scales;
                TileSums.AddScaled(
                    Vector512.Load((float*)w), Vector512.Load((float*)w + 16), e0[sum], e1[sum], e2[sum], e3[sum], s0, s1, s2, s3, t0, t1, t2, t3, ref f0, ref f1, ref f2, ref f3, ref g0, ref g1, ref g2, ref g3);
                if (TBlock.HasMinimum)
                {
                    var (first, second) = (Vector512.Load((float*)w + 32), Vector512.Load((float*)w + 48));
                    var (m0, m1) = (Vector512.Create(((float*)&x0[group].Sums)[sum]), Vector512.Create(((float*)&x1[group].Sums)[sum]));
                    var (m2, m3) = (Vector512.Create(((float*)&x2[group].Sums)[sum]), Vector512.Create(((float*)&x3[group].Sums)[sum]));
                    (f0, g0) = (Avx512F.FusedMultiplyAdd(first, m0, f0), Avx512F.FusedMultiplyAdd(second, m0, g0));
                    (f1, g1) = (Avx512F.FusedMultiplyAdd(first, m1, f1), Avx512F.FusedMultiplyAdd(second, m1, g1));
                    (f2, g2) = (Avx512F.FusedMultiplyAdd(first, m2, f2), Avx512F.FusedMultiplyAdd(second, m2, g2));
                    (f3, g3) = (Avx512F.FusedMultiplyAdd(first, m3, f3), Avx512F.FusedMultiplyAdd(second, m3, g3));
                }
                w += BlockBytes - CodeBytes;
            }

            // Sum 0 waits for sum 1, and sum 2 for sum 3.
            var pair = earlier + (sum / 2 * 8);
            if (sum % 2 == 0)
            {
                (pair[0], pair[1], pair[2], pair[3]) = (f0, f1, f2, f3);
                (pair[4], pair[5], pair[6], pair[7]) = (g0, g1, g2, g3);
            }
            else
            {
                (pair[0], pair[1], pair[2], pair[3]) = (pair[0] + f0, pair[1] + f1, pair[2] + f2, pair[3] + f3);
                (pair[4], pair[5], pair[6], pair[7]) = (pair[4] + g0, pair[5] + g1, pair[6] + g2, pair[7] + g3);
            }
        }
        for (int r = 0; r < Tile.RowsOfX && i + r < product.N; r++)
        {
            Tile.Store(earlier[r] + earlier[r + 8], product.Y(i + r, row), product.Rows - row);
            Tile.Store(earlier[r + 4] + earlier[r + 12], product.Y(i + r, row + 16), product.Rows - row - 16);
        }
    }

    /// <summary>What codes have too much by their offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Offset(ActivationQ8* x, int block)
        => TBlock.Offset == 0 ? Vector512<int>.Zero : Vector512.Create(-TBlock.Offset * ((int*)&x->Totals)[block]);
}
