using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// Few rows of x with AVX-512, blocks of 256: four rows of W at once, a quarter of all apart, as for blocks of 32. Sums of products are put
/// together while they have 16 bits, so that one vector of scales and one multiplication serve four rows.
/// <code>
///   products    64 codes of a row, two products in each 16 bits               lanes of 16 bytes belong to one part
///   turned      32 bits each of rows 0, 1, 2, 3 in every lane                 four products in each 16 bits; where codes have 6 bits, two rows and two products fewer
///   sums        times scales: 32 bits each of rows 0, 1, 2, 3 in every lane   lanes and vectors are added
/// </code>
/// </summary>
internal static unsafe class Quads256<TBlock>
    where TBlock : unmanaged, ICodes256<TBlock>
{
    public static readonly PartOrder256<TBlock> Order = new();

    [MethodImpl(Hot.Loop)]
    public static void Multiply(in Product<TBlock, ActivationQ8K> product)
    {
        int last = product.Rows - 1;
        int apart = (product.Rows + 3) / 4;
        var order = Order;
        for (int row = 0; row < apart; row++)
        {
            // The last of the four may have fewer rows: then the very last is multiplied again.
            int r1 = Math.Min(row + apart, last), r2 = Math.Min(row + (2 * apart), last), r3 = Math.Min(row + (3 * apart), last);
            for (int i = 0; i < product.N; i++)
            {
                TBlock* w0 = product.W(row), w1 = product.W(r1), w2 = product.W(r2), w3 = product.W(r3);
                var x = product.X(i);
                var end = x + product.RowBlocks;
                var y = Vector128<float>.Zero;
                for (; x != end; x++, w0++, w1++, w2++, w3++)
                {
                    y = Add(w0, w1, w2, w3, x, order, y);
                }
                *product.Y(i, row) = y[0];
                *product.Y(i, r1) = y[1];
                *product.Y(i, r2) = y[2];
                *product.Y(i, r3) = y[3];
            }
        }
    }

    /// <summary>A block each of four rows of W times one of x, added to the four sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, ActivationQ8K* x, in PartOrder256<TBlock> order, Vector128<float> y)
    {
        var parts = TBlock.PartsOf(w0, w1, w2, w3);
        var (x0, x1, x2, x3) = (Quants(x, 0), Quants(x, 1), Quants(x, 2), Quants(x, 3));
        var (a0, a1, a2, a3) = Two(w0, w1, x0, x1, x2, x3);
        var (b0, b1, b2, b3) = Two(w2, w3, x0, x1, x2, x3);
        Vector512<int> sums, others;
        if (TBlock.PartCount == 8)
        {
            var scales = Avx512BW.Shuffle(parts.Scales, order.Scales).AsInt16();
            var minima = Avx512BW.Shuffle(parts.Minima, order.Minima).AsInt16();
            sums = Avx512BW.MultiplyAddAdjacent(Lanes.TurnPairs(a0, b0), Avx512BW.PermuteVar32x16(scales, order.Of0))
                + Avx512BW.MultiplyAddAdjacent(Lanes.TurnPairs(a1, b1), Avx512BW.PermuteVar32x16(scales, order.Of1))
                + (Avx512BW.MultiplyAddAdjacent(Lanes.TurnPairs(a2, b2), Avx512BW.PermuteVar32x16(scales, order.Of2))
                + Avx512BW.MultiplyAddAdjacent(Lanes.TurnPairs(a3, b3), Avx512BW.PermuteVar32x16(scales, order.Of3)));
            others = Avx512BW.MultiplyAddAdjacent(Avx512BW.PermuteVar32x16(minima, order.First), Each(Vector128.Load((int*)&x->PairSums)));
        }
        else
        {
            var (lower, upper) = Words(parts.Scales);
            if (TBlock.Wide)
            {
                var (a, b) = (Avx512BW.PermuteVar32x16(lower, order.Of0), Avx512BW.PermuteVar32x16(upper, order.Of0));
                var (c, d) = (Avx512BW.MultiplyAddAdjacent(a0, a), Avx512BW.MultiplyAddAdjacent(b0, b));
                (a, b) = (Avx512BW.PermuteVar32x16(lower, order.Of1), Avx512BW.PermuteVar32x16(upper, order.Of1));
                (c, d) = (c + Avx512BW.MultiplyAddAdjacent(a1, a), d + Avx512BW.MultiplyAddAdjacent(b1, b));
                (a, b) = (Avx512BW.PermuteVar32x16(lower, order.Of2), Avx512BW.PermuteVar32x16(upper, order.Of2));
                (c, d) = (c + Avx512BW.MultiplyAddAdjacent(a2, a), d + Avx512BW.MultiplyAddAdjacent(b2, b));
                (a, b) = (Avx512BW.PermuteVar32x16(lower, order.Of3), Avx512BW.PermuteVar32x16(upper, order.Of3));
                (c, d) = (c + Avx512BW.MultiplyAddAdjacent(a3, a), d + Avx512BW.MultiplyAddAdjacent(b3, b));
                sums = Avx512F.UnpackLow(c.AsInt64(), d.AsInt64()).AsInt32() + Avx512F.UnpackHigh(c.AsInt64(), d.AsInt64()).AsInt32();
            }
            else
            {
                sums = Avx512BW.MultiplyAddAdjacent(Lanes.TurnPairs(a0, b0), Avx512BW.PermuteVar32x16x2(lower, order.Of0, upper))
                    + Avx512BW.MultiplyAddAdjacent(Lanes.TurnPairs(a1, b1), Avx512BW.PermuteVar32x16x2(lower, order.Of1, upper))
                    + (Avx512BW.MultiplyAddAdjacent(Lanes.TurnPairs(a2, b2), Avx512BW.PermuteVar32x16x2(lower, order.Of2, upper))
                    + Avx512BW.MultiplyAddAdjacent(Lanes.TurnPairs(a3, b3), Avx512BW.PermuteVar32x16x2(lower, order.Of3, upper)));
            }
            if (TBlock.HasMinimum)
                (lower, upper) = Words(parts.Minima);
            others = Avx512BW.MultiplyAddAdjacent(Avx512BW.PermuteVar32x16x2(lower, order.First, upper), Each(Vector128.Load((int*)&x->Sums)))
                + Avx512BW.MultiplyAddAdjacent(Avx512BW.PermuteVar32x16x2(lower, order.Second, upper), Each(Vector128.Load((int*)&x->Sums + 4)));
        }

        if (TBlock.HasMinimum)
        {
            var halves = Vector128.Shuffle(parts.Halves.AsUInt16(), Vector128.Create((ushort)0, 2, 4, 6, 1, 3, 5, 7));
            var scales = F16.Widen(Avx2.ConvertToVector256Int32(halves).AsUInt32()) * Vector256.Create(Vector128.Create(x->Scale), Vector128.Create(-x->Scale));
            y = Fma.MultiplyAdd(Vector128.ConvertToSingle(Sum(sums)), scales.GetLower(), y);
            y = Fma.MultiplyAdd(Vector128.ConvertToSingle(Sum(others)), scales.GetUpper(), y);
        }
        else
        {
            sums -= others << BitOperations.Log2((uint)TBlock.Offset);
            y = Fma.MultiplyAdd(Vector128.ConvertToSingle(Sum(sums)), F16.Widen(parts.Halves.ToVector256Unsafe()).GetLower() * Vector128.Create(x->Scale), y);
        }
        return y;
    }

    /// <summary>The activations that meet a vector of codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> Quants(ActivationQ8K* x, int vector)
    {
        var (first, second) = TBlock.Places(vector);
        sbyte* quants = (sbyte*)&x->Quants;
        return second == first + 32 ? Vector512.Load(quants + first) : Lanes.Both(Vector256.Load(quants + first), Vector256.Load(quants + second));
    }

    /// <summary>Of each vector of codes, the products of two rows in turns of 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<short> A, Vector512<short> B, Vector512<short> C, Vector512<short> D) Two(
        TBlock* v, TBlock* w, Vector512<sbyte> x0, Vector512<sbyte> x1, Vector512<sbyte> x2, Vector512<sbyte> x3)
    {
        var (a, b, c, d) = TBlock.AllCodes(v);
        var (e, f, g, h) = TBlock.AllCodes(w);
        return (Two(a, e, x0), Two(b, f, x1), Two(c, g, x2), Two(d, h, x3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Two(Vector512<byte> v, Vector512<byte> w, Vector512<sbyte> x)
        => Lanes.Turn(Avx512BW.MultiplyAddAdjacent(v, x), Avx512BW.MultiplyAddAdjacent(w, x));

    /// <summary>64 bytes as numbers of 16 bits, of two rows and of the two others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<short> Lower, Vector512<short> Upper) Words(Vector512<byte> bytes)
        => TBlock.HasMinimum
            ? (Avx512BW.ConvertToVector512Int16(bytes.GetLower()), Avx512BW.ConvertToVector512Int16(bytes.GetUpper()))
            : (Avx512BW.ConvertToVector512Int16(bytes.GetLower().AsSByte()), Avx512BW.ConvertToVector512Int16(bytes.GetUpper().AsSByte()));

    /// <summary>Each of four numbers in a lane of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Each(Vector128<int> four)
        => Avx512F.PermuteVar16x32(four.ToVector256Unsafe().ToVector512Unsafe(), Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sum(Vector512<int> sums)
    {
        var half = sums.GetLower() + sums.GetUpper();
        return half.GetLower() + half.GetUpper();
    }
}
