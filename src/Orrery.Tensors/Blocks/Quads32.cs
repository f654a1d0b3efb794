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
    where TBlock : unmanaged, IBlock32<TBlock>, IBlocks4<TBlock>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in Product<TBlock, ActivationQ8> product)
    {
        int last = product.Rows - 1;
        int apart = (product.Rows + 3) / 4;
        int groups = product.RowBlocks / 4, rest = product.RowBlocks % 4;
        var padded = stackalloc TBlock[16];
        Unsafe.InitBlockUnaligned(padded, 0, (uint)(16 * sizeof(TBlock)));
        for (int row = 0; row < apart; row++)
        {
            // The last of the four may have fewer rows: then the very last is multiplied again.
            int r1 = Math.Min(row + apart, last), r2 = Math.Min(row + (2 * apart), last), r3 = Math.Min(row + (3 * apart), last);
            TBlock* w0 = product.W(row), w1 = product.W(r1), w2 = product.W(r2), w3 = product.W(r3);
            for (int r = 0; r < rest; r++)
                (padded[r], padded[r + 4], padded[r + 8], padded[r + 12]) = (w0[(4 * groups) + r], w1[(4 * groups) + r], w2[(4 * groups) + r], w3[(4 * groups) + r]);
            for (int i = 0; i < product.N; i++)
            {
                var sums = Vector512<float>.Zero;
                var x = product.X(i);
                for (int g = 0; g < groups; g++, x++)
                    sums = Add(w0 + (4 * g), w1 + (4 * g), w2 + (4 * g), w3 + (4 * g), x, sums);
                if (rest > 0)
                    sums = Add(padded, padded + 4, padded + 8, padded + 12, x, sums);

                var y = sums.GetLower().GetLower() + sums.GetLower().GetUpper() + (sums.GetUpper().GetLower() + sums.GetUpper().GetUpper());
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
        var (first, second) = (Vector512.Load((sbyte*)x), Vector512.Load((sbyte*)x + 64));
        var (p0, p1, p2, p3) = (Dots(w0, first, second), Dots(w1, first, second), Dots(w2, first, second), Dots(w3, first, second));

        // Transposed and added: 16 bytes of one block hold the sums of four rows.
        var (a, b) = (Avx512F.UnpackLow(p0, p1) + Avx512F.UnpackHigh(p0, p1), Avx512F.UnpackLow(p2, p3) + Avx512F.UnpackHigh(p2, p3));
        var products = (Avx512F.UnpackLow(a.AsInt64(), b.AsInt64()).AsInt32()) + (Avx512F.UnpackHigh(a.AsInt64(), b.AsInt64()).AsInt32());
        if (TBlock.Unsigned && TBlock.Offset != 0)
            products -= Each(Vector128.Load((int*)&x->Totals).AsSingle()).AsInt32() << BitOperations.Log2((uint)TBlock.Offset);

        sums = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(products), Halves(w0, w1, w2, w3, 0) * Each(Vector128.Load((float*)&x->Scales)), sums);
        if (TBlock.HasMinimum)
            sums = Avx512F.FusedMultiplyAdd(Halves(w0, w1, w2, w3, 1), Each(Vector128.Load((float*)&x->Sums)), sums);
        return sums;
    }

    /// <summary>16 sums, of which four stand for one block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Dots(TBlock* w, Vector512<sbyte> first, Vector512<sbyte> second)
    {
        var (a, b) = TBlock.Codes(w);
        if (TBlock.Unsigned)
            return Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(a, first) + Avx512BW.MultiplyAddAdjacent(b, second), Vector512<short>.One);
        return Avx512BW.MultiplyAddAdjacent(Signed(a.AsSByte(), first), Vector512<short>.One) + Avx512BW.MultiplyAddAdjacent(Signed(b.AsSByte(), second), Vector512<short>.One);
    }

    // The sign of the weight goes over to the activation.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Signed(Vector512<sbyte> w, Vector512<sbyte> x)
        => Avx512BW.MultiplyAddAdjacent(Avx512BW.Abs(w), Vector512.ConditionalSelect(Vector512.LessThan(w, Vector512<sbyte>.Zero), -x, x));

    /// <summary>Each of four numbers four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Each(Vector128<float> four)
        => Avx512F.PermuteVar16x32(four.ToVector256Unsafe().ToVector512Unsafe(), Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));

    /// <summary>The halves that blocks begin with, or those after them: of each block, those of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Halves(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, int which)
    {
        // Put together in the registers for whole numbers, which have nothing else to do here.
        var rows = Vector256.Create(Four(w0, which), Four(w1, which), Four(w2, which), Four(w3, which)).AsUInt16();
        var wide = Avx512F.ConvertToVector512UInt32(rows);
        return F16.Widen(Avx512F.PermuteVar16x32(wide, Vector512.Create(0u, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Four(TBlock* w, int which)
        => ((ushort*)w)[which] | ((ulong)((ushort*)(w + 1))[which] << 16) | ((ulong)((ushort*)(w + 2))[which] << 32) | ((ulong)((ushort*)(w + 3))[which] << 48);
}
