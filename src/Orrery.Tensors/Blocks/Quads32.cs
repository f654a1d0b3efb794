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
        for (int row = 0; row < apart; row++)
        {
            // The last of the four may have fewer rows: then the very last is multiplied again.
            int r1 = Math.Min(row + apart, last), r2 = Math.Min(row + (2 * apart), last), r3 = Math.Min(row + (3 * apart), last);
            TBlock* w0 = product.W(row), w1 = product.W(r1), w2 = product.W(r2), w3 = product.W(r3);
            for (int i = 0; i < product.N; i++)
            {
                var sums = Vector512<float>.Zero;
                var x = product.X(i);
                for (int g = 0; g < groups; g++, x++)
                    sums = Add(w0 + (4 * g), w1 + (4 * g), w2 + (4 * g), w3 + (4 * g), 1, 2, 3, x, sums);

                // One or two blocks are done by themselves. In place of a fourth the first will do: activations and their scales are zeros.
                int from = 4 * groups;
                if (rest == 3)
                    sums = Add(w0 + from, w1 + from, w2 + from, w3 + from, 1, 2, 0, x, sums);
                var (sum0, sum1) = (sums.GetLower().GetLower(), sums.GetLower().GetUpper());
                if (rest is 1 or 2)
                    sum0 = AddOne(w0 + from, w1 + from, w2 + from, w3 + from, x, 0, sum0);
                if (rest == 2)
                    sum1 = AddOne(w0 + from + 1, w1 + from + 1, w2 + from + 1, w3 + from + 1, x, 1, sum1);
                var y = sum0 + sum1 + (sums.GetUpper().GetLower() + sums.GetUpper().GetUpper());
                *product.Y(i, row) = y[0];
                *product.Y(i, r1) = y[1];
                *product.Y(i, r2) = y[2];
                *product.Y(i, r3) = y[3];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, int b, int c, int d, ActivationQ8* x, Vector512<float> sums)
    {
        var (first, second) = (Vector512.Load((sbyte*)x), Vector512.Load((sbyte*)x + 64));
        var products = Turned(Dots(w0, b, c, d, first, second), Dots(w1, b, c, d, first, second), Dots(w2, b, c, d, first, second), Dots(w3, b, c, d, first, second));
        if (TBlock.Unsigned && TBlock.Offset != 0)
            products -= Each(Vector128.Load((int*)&x->Totals).AsSingle()).AsInt32() << BitOperations.Log2((uint)TBlock.Offset);

        sums = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(products), Halves(w0, w1, w2, w3, b, c, d, 0) * Each(Vector128.Load((float*)&x->Scales)), sums);
        if (TBlock.HasMinimum)
            sums = Avx512F.FusedMultiplyAdd(Halves(w0, w1, w2, w3, b, c, d, 1), Each(Vector128.Load((float*)&x->Sums)), sums);
        return sums;
    }

    /// <summary>One block of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddOne(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, ActivationQ8* x, int block, Vector128<float> sum)
    {
        sbyte* first = (sbyte*)x + (16 * block);
        var quants = Vector128.Load(first).ToVector256Unsafe().WithUpper(Vector128.Load(first + 64));
        var products = Int8.Sums(Int8.Dot(w0->Quants, quants), Int8.Dot(w1->Quants, quants), Int8.Dot(w2->Quants, quants), Int8.Dot(w3->Quants, quants));
        var scales = Vector128.Create(w0->Scale, w1->Scale, w2->Scale, w3->Scale) * Vector128.Create(((float*)&x->Scales)[block]);
        sum = Fma.MultiplyAdd(Vector128.ConvertToSingle(products), scales, sum);
        if (TBlock.HasMinimum)
            sum = Fma.MultiplyAdd(Vector128.Create(w0->Minimum, w1->Minimum, w2->Minimum, w3->Minimum), Vector128.Create(((float*)&x->Sums)[block]), sum);
        return sum;
    }

    /// <summary>16 sums, of which four stand for one block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Dots(TBlock* w, int b, int c, int d, Vector512<sbyte> first, Vector512<sbyte> second)
    {
        var (low, high) = TBlock.Codes(w, w + b, w + c, w + d);
        return Dots(low, high, first, second);
    }

    /// <summary>The same of blocks that are unpacked already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dots(Vector512<byte> low, Vector512<byte> high, Vector512<sbyte> first, Vector512<sbyte> second)
    {
        if (TBlock.Unsigned)
            return Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(low, first) + Avx512BW.MultiplyAddAdjacent(high, second), Vector512<short>.One);
        return Avx512BW.MultiplyAddAdjacent(Signed(low.AsSByte(), first), Vector512<short>.One) + Avx512BW.MultiplyAddAdjacent(Signed(high.AsSByte(), second), Vector512<short>.One);
    }

    /// <summary>Transposed and added: 16 bytes of one block hold the sums of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Turned(Vector512<int> p0, Vector512<int> p1, Vector512<int> p2, Vector512<int> p3)
    {
        var (p01, p23) = (Avx512F.UnpackLow(p0, p1) + Avx512F.UnpackHigh(p0, p1), Avx512F.UnpackLow(p2, p3) + Avx512F.UnpackHigh(p2, p3));
        return Avx512F.UnpackLow(p01.AsInt64(), p23.AsInt64()).AsInt32() + Avx512F.UnpackHigh(p01.AsInt64(), p23.AsInt64()).AsInt32();
    }

    // The sign of the weight goes over to the activation.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Signed(Vector512<sbyte> w, Vector512<sbyte> x)
        => Avx512BW.MultiplyAddAdjacent(Avx512BW.Abs(w), Vector512.ConditionalSelect(Vector512.LessThan(w, Vector512<sbyte>.Zero), -x, x));

    /// <summary>Each of four numbers four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Each(Vector128<float> four)
        => Avx512F.PermuteVar16x32(four.ToVector256Unsafe().ToVector512Unsafe(), Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));

    /// <summary>The halves that blocks begin with, or those after them: of each block, those of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Halves(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, int b, int c, int d, int which)
    {
        // Put together in the registers for whole numbers, which have nothing else to do here.
        var rows = Vector256.Create(Four(w0, b, c, d, which), Four(w1, b, c, d, which), Four(w2, b, c, d, which), Four(w3, b, c, d, which)).AsUInt16();
        var wide = Avx512F.ConvertToVector512UInt32(rows);
        return F16.Widen(Avx512F.PermuteVar16x32(wide, Vector512.Create(0u, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Four(TBlock* w, int b, int c, int d, int which)
        => ((ushort*)w)[which] | ((ulong)((ushort*)(w + b))[which] << 16) | ((ulong)((ushort*)(w + c))[which] << 32) | ((ulong)((ushort*)(w + d))[which] << 48);
}
