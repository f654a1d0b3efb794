using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// As <see cref="Tile32{TBlock}"/>, for blocks of 256. Scales of parts are whole numbers and multiply sums of 16 bits.
/// <code>
///   block of the tile    16 parts x [ planes x 4 places x [32 rows, 4 codes] u8    scales [32, 2] i16, each twice ]
///                        8 pairs of parts x [32, 2] i16: minima, or offset times scale      scales [32] f32      minimum scales [32] f32
/// </code>
/// </summary>
internal static unsafe class Tile256<TBlock>
    where TBlock : unmanaged, IBlock256<TBlock>
{
    private const int VectorPair = 4 * Tile.Rows;                       // bytes: two vectors, of 16 rows each
    private const int Parts = 16;
    private const int PlaneBytes = 4 * VectorPair;

    private static int PartBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (TBlock.Planes * PlaneBytes) + VectorPair;
    }

    private static int BlockBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Parts * PartBytes) + (8 * VectorPair) + (2 * VectorPair);
    }

    [MethodImpl(Hot.Loop)]
    public static void Multiply(in Product<TBlock, ActivationQ8K> product)
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
    private static void Unpack(in Product<TBlock, ActivationQ8K> product, int row, byte* tile)
    {
        var rows = stackalloc Vector256<int>[8];
        for (int eight = 0; eight < Tile.Rows; eight += 8)
        {
            byte* to = tile;
            for (int b = 0; b < product.RowBlocks; b++, to += BlockBytes)
            {
                for (int pair = 0; pair < 8; pair++)
                {
                    for (int r = 0; r < 8; r++)
                        rows[r] = (Block(product, row + eight + r, b)->Quants(pair) + Vector256.Create((sbyte)TBlock.Offset)).AsInt32();
                    Turn(rows, to + (2 * pair * PartBytes) + (4 * eight));
                }
                for (int r = 0; r < 8; r++)
                    UnpackScales(Block(product, row + eight + r, b), to, eight + r);
            }
        }
    }

    // The last tile may have fewer rows: then the very last is there again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TBlock* Block(in Product<TBlock, ActivationQ8K> product, int row, int b) => product.W(Math.Min(row, product.Rows - 1)) + b;

    // Places 0 to 3 are the first part of a pair, 4 to 7 the second, whose scales stand between.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(Vector256<int>* rows, byte* to)
    {
        var turned = stackalloc byte[2 * 8 * 32];
        Tile.Turn(rows, turned, 32, TBlock.Planes == 1 ? 0 : 8 * 32);
        for (int place = 0; place < 8; place++)
        {
            byte* at = to + (place / 4 * PartBytes) + (place % 4 * VectorPair);
            Vector256.Load(turned + (32 * place)).Store(at);
            if (TBlock.Planes == 2)
                Vector256.Load(turned + (8 * 32) + (32 * place)).Store(at + PlaneBytes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UnpackScales(TBlock* block, byte* to, int row)
    {
        byte* end = to + (Parts * PartBytes);
        var (scales, minima) = (block->Scales, block->Minima);
        for (int part = 0; part < Parts; part++)
        {
            ((int*)(to + ((part + 1) * PartBytes) - VectorPair))[row] = (ushort)(short)scales[part] * 0x10001;
            ((short*)(end + (part / 2 * VectorPair)))[(2 * row) + (part % 2)] = (short)(TBlock.HasMinimum ? minima[part] : TBlock.Offset * scales[part]);
        }
        ((float*)(end + (8 * VectorPair)))[row] = block->Scale;
        ((float*)(end + (9 * VectorPair)))[row] = -block->MinimumScale;
    }

    [MethodImpl(Hot.Loop)]
    private static void Multiply(in Product<TBlock, ActivationQ8K> product, int row, int i, byte* tile)
    {
        int last = product.N - 1;
        ActivationQ8K* x0 = product.X(i), x1 = product.X(Math.Min(i + 1, last)), x2 = product.X(Math.Min(i + 2, last)), x3 = product.X(Math.Min(i + 3, last));
        var (f0, f1, f2, f3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (g0, g1, g2, g3) = (f0, f0, f0, f0);
        byte* w = tile;
        for (int b = 0; b < product.RowBlocks; b++, x0++, x1++, x2++, x3++)
        {
            Vector512<short> a0, a1, a2, a3, b0, b1, b2, b3;
            var (s0, s1, s2, s3) = (Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero);
            var (t0, t1, t2, t3) = (s0, s0, s0, s0);
            for (int part = 0; part < Parts; part++, w += PartBytes)
            {
                sbyte* q0 = (sbyte*)&x0->Quants + (16 * part), q1 = (sbyte*)&x1->Quants + (16 * part);
                sbyte* q2 = (sbyte*)&x2->Quants + (16 * part), q3 = (sbyte*)&x3->Quants + (16 * part);
                byte* own = w + (TBlock.Planes * PlaneBytes);
                var (first, second) = (Vector512.Load((short*)own), Vector512.Load((short*)own + 32));
                TileSums.Set(w, q0, q1, q2, q3, 0, out a0, out a1, out a2, out a3, out b0, out b1, out b2, out b3);
                TileSums.Add(w + VectorPair, q0, q1, q2, q3, 4, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                if (TBlock.Wide)
                {
                    // Two products of codes up to 63 fill 16 bits.
                    TileSums.AddTimes(first, second, a0, a1, a2, a3, b0, b1, b2, b3, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                    TileSums.Set(w + (2 * VectorPair), q0, q1, q2, q3, 8, out a0, out a1, out a2, out a3, out b0, out b1, out b2, out b3);
                }
                else
                {
                    TileSums.Add(w + (2 * VectorPair), q0, q1, q2, q3, 8, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                }
                TileSums.Add(w + (3 * VectorPair), q0, q1, q2, q3, 12, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                TileSums.AddTimes(first, second, a0, a1, a2, a3, b0, b1, b2, b3, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                if (TBlock.Planes == 2)
                {
                    byte* high = w + PlaneBytes;
                    TileSums.Set(high, q0, q1, q2, q3, 0, out a0, out a1, out a2, out a3, out b0, out b1, out b2, out b3);
                    TileSums.Add(high + VectorPair, q0, q1, q2, q3, 4, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                    TileSums.Add(high + (2 * VectorPair), q0, q1, q2, q3, 8, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                    TileSums.Add(high + (3 * VectorPair), q0, q1, q2, q3, 12, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                    TileSums.AddTimes(first << 4, second << 4, a0, a1, a2, a3, b0, b1, b2, b3, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
                }
            }

            // :: Minima, or what the offset of codes made too much
            var (c0, c1, c2, c3) = (Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero);
            var (d0, d1, d2, d3) = (c0, c0, c0, c0);
            for (int pair = 0; pair < 8; pair++, w += VectorPair)
            {
                var (first, second) = (Vector512.Load((short*)w), Vector512.Load((short*)w + 32));
                var (m0, m1) = (Vector512.Create(((int*)&x0->Sums)[pair]).AsInt16(), Vector512.Create(((int*)&x1->Sums)[pair]).AsInt16());
                var (m2, m3) = (Vector512.Create(((int*)&x2->Sums)[pair]).AsInt16(), Vector512.Create(((int*)&x3->Sums)[pair]).AsInt16());
                TileSums.AddTimes(first, second, m0, m1, m2, m3, m0, m1, m2, m3, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3);
            }
            if (!TBlock.HasMinimum)
            {
                (s0, s1, s2, s3) = (s0 - c0, s1 - c1, s2 - c2, s3 - c3);
                (t0, t1, t2, t3) = (t0 - d0, t1 - d1, t2 - d2, t3 - d3);
            }

            // :: Scales
            TileSums.AddScaled(
                Vector512.Load((float*)w), Vector512.Load((float*)w + 16), x0->Scale, x1->Scale, x2->Scale, x3->Scale,
                s0, s1, s2, s3, t0, t1, t2, t3, ref f0, ref f1, ref f2, ref f3, ref g0, ref g1, ref g2, ref g3);
            if (TBlock.HasMinimum)
            {
                TileSums.AddScaled(
                    Vector512.Load((float*)w + 32), Vector512.Load((float*)w + 48), x0->Scale, x1->Scale, x2->Scale, x3->Scale,
                    c0, c1, c2, c3, d0, d1, d2, d3, ref f0, ref f1, ref f2, ref f3, ref g0, ref g1, ref g2, ref g3);
            }
            w += 2 * VectorPair;
        }

        var sums = stackalloc Vector512<float>[8];
        (sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]) = (f0, f1, f2, f3, g0, g1, g2, g3);
        for (int r = 0; r < Tile.RowsOfX && i + r < product.N; r++)
        {
            Tile.Store(sums[r], product.Y(i + r, row), product.Rows - row);
            Tile.Store(sums[r + 4], product.Y(i + r, row + 16), product.Rows - row - 16);
        }
    }
}
