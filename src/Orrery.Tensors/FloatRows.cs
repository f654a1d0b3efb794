using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors;

/// <summary>Weights that are numbers of their own, widened to f32.</summary>
internal unsafe interface IFloats<TBlock>
    where TBlock : unmanaged
{
    /// <summary>Sixteen of them.</summary>
    static abstract Vector512<float> Sixteen(TBlock* first);

    /// <summary>sum w[i] * x[i], with whatever the processor has.</summary>
    static abstract float Dot(ReadOnlySpan<TBlock> w, ReadOnlySpan<float> x);
}

internal static class FloatRows
{
    /// <summary>
    /// Behind every row of x: its last 16 activations, without those that whole vectors have had; and two cache lines, so that rows of a power
    /// of two are not all in the same places of the first-level cache.
    /// </summary>
    public const int Padding = 48;

    public const int Lanes = 16;

    public static void Pad(Span<float> row, int cols)
    {
        row[cols..].Clear();
        int rest = cols % Lanes;
        if (cols >= Lanes)
            row.Slice(cols - rest, rest).CopyTo(row.Slice(cols + Lanes - rest, rest));
    }
}

/// <summary>
/// Products in f32 with AVX-512. Each has 16 sums, one for columns c, c + 16, …, whatever else is computed beside it; the last 16 columns come
/// once more where there is a rest, with activations of 0 where they were had. The four rows of W are a quarter of all apart: so each is a stream of its own, which the processor fetches ahead.
/// </summary>
internal static unsafe class FloatRows<TFormat, TBlock, TActivation>
    where TFormat : struct, IFloats<TBlock>
    where TBlock : unmanaged
    where TActivation : unmanaged
{
    private const int Lanes = FloatRows.Lanes;

    public static void Multiply(in Product<TBlock, TActivation> product)
    {
        if (!Avx512F.IsSupported || product.RowBlocks < Lanes)
        {
            OneByOne(product);
            return;
        }
        int apart = (product.Rows + 3) / 4, last = product.Rows - 1;
        for (int row = 0; row < apart; row++)
        {
            int r1 = Math.Min(row + apart, last), r2 = Math.Min(row + (2 * apart), last), r3 = Math.Min(row + (3 * apart), last);
            int i = 0;
            for (; i + 4 <= product.N; i += 4)
                Four(product, row, r1, r2, r3, i);
            for (; i < product.N; i++)
                One(product, row, r1, r2, r3, i);
        }
    }

    // A row of W stays in the first-level cache while the rows of x pass by.
    [MethodImpl(Hot.Loop)]
    private static void OneByOne(in Product<TBlock, TActivation> product)
    {
        for (int row = 0; row < product.Rows; row++)
        {
            var w = new ReadOnlySpan<TBlock>(product.W(row), product.RowBlocks);
            for (int i = 0; i < product.N; i++)
                *product.Y(i, row) = TFormat.Dot(w, new ReadOnlySpan<float>(product.X(i), product.RowBlocks));
        }
    }

    [MethodImpl(Hot.Loop)]
    private static void One(in Product<TBlock, TActivation> product, int r0, int r1, int r2, int r3, int i)
    {
        TBlock* w0 = product.W(r0), w1 = product.W(r1), w2 = product.W(r2), w3 = product.W(r3);
        float* x = (float*)product.X(i);
        var (s0, s1, s2, s3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (int c = 0, cols = product.RowBlocks; c < cols; c += Lanes)
        {
            var (weight, activation) = Places(c, cols);
            var at = Vector512.Load(x + activation);
            s0 = Avx512F.FusedMultiplyAdd(TFormat.Sixteen(w0 + weight), at, s0);
            s1 = Avx512F.FusedMultiplyAdd(TFormat.Sixteen(w1 + weight), at, s1);
            s2 = Avx512F.FusedMultiplyAdd(TFormat.Sixteen(w2 + weight), at, s2);
            s3 = Avx512F.FusedMultiplyAdd(TFormat.Sixteen(w3 + weight), at, s3);
        }
        *product.Y(i, r0) = Total(s0);
        *product.Y(i, r1) = Total(s1);
        *product.Y(i, r2) = Total(s2);
        *product.Y(i, r3) = Total(s3);
    }

    [MethodImpl(Hot.Loop)]
    private static void Four(in Product<TBlock, TActivation> product, int r0, int r1, int r2, int r3, int i)
    {
        TBlock* w0 = product.W(r0), w1 = product.W(r1), w2 = product.W(r2), w3 = product.W(r3);
        float* a0 = (float*)product.X(i), a1 = (float*)product.X(i + 1), a2 = (float*)product.X(i + 2), a3 = (float*)product.X(i + 3);
        var (s00, s01, s02, s03) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (s10, s11, s12, s13) = (s00, s00, s00, s00);
        var (s20, s21, s22, s23) = (s00, s00, s00, s00);
        var (s30, s31, s32, s33) = (s00, s00, s00, s00);
        Vector512<float> w, x0, x1, x2, x3;
        for (int c = 0, cols = product.RowBlocks; c < cols; c += Lanes)
        {
            var (weight, activation) = Places(c, cols);
            (x0, x1, x2, x3) = (Vector512.Load(a0 + activation), Vector512.Load(a1 + activation), Vector512.Load(a2 + activation), Vector512.Load(a3 + activation));
            w = TFormat.Sixteen(w0 + weight);
            s00 = Avx512F.FusedMultiplyAdd(w, x0, s00);
            s01 = Avx512F.FusedMultiplyAdd(w, x1, s01);
            s02 = Avx512F.FusedMultiplyAdd(w, x2, s02);
            s03 = Avx512F.FusedMultiplyAdd(w, x3, s03);
            w = TFormat.Sixteen(w1 + weight);
            s10 = Avx512F.FusedMultiplyAdd(w, x0, s10);
            s11 = Avx512F.FusedMultiplyAdd(w, x1, s11);
            s12 = Avx512F.FusedMultiplyAdd(w, x2, s12);
            s13 = Avx512F.FusedMultiplyAdd(w, x3, s13);
            w = TFormat.Sixteen(w2 + weight);
            s20 = Avx512F.FusedMultiplyAdd(w, x0, s20);
            s21 = Avx512F.FusedMultiplyAdd(w, x1, s21);
            s22 = Avx512F.FusedMultiplyAdd(w, x2, s22);
            s23 = Avx512F.FusedMultiplyAdd(w, x3, s23);
            w = TFormat.Sixteen(w3 + weight);
            s30 = Avx512F.FusedMultiplyAdd(w, x0, s30);
            s31 = Avx512F.FusedMultiplyAdd(w, x1, s31);
            s32 = Avx512F.FusedMultiplyAdd(w, x2, s32);
            s33 = Avx512F.FusedMultiplyAdd(w, x3, s33);
        }
        *product.Y(i + 0, r0) = Total(s00);
        *product.Y(i + 0, r1) = Total(s10);
        *product.Y(i + 0, r2) = Total(s20);
        *product.Y(i + 0, r3) = Total(s30);
        *product.Y(i + 1, r0) = Total(s01);
        *product.Y(i + 1, r1) = Total(s11);
        *product.Y(i + 1, r2) = Total(s21);
        *product.Y(i + 1, r3) = Total(s31);
        *product.Y(i + 2, r0) = Total(s02);
        *product.Y(i + 2, r1) = Total(s12);
        *product.Y(i + 2, r2) = Total(s22);
        *product.Y(i + 2, r3) = Total(s32);
        *product.Y(i + 3, r0) = Total(s03);
        *product.Y(i + 3, r1) = Total(s13);
        *product.Y(i + 3, r2) = Total(s23);
        *product.Y(i + 3, r3) = Total(s33);
    }

    /// <summary>Where 16 columns are in W and in x: the last 16 again where fewer are left, with what <see cref="FloatRows.Pad"/> put behind x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int Weight, int Activation) Places(int c, int cols) => c + Lanes <= cols ? (c, c) : (cols - Lanes, cols);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Total(Vector512<float> sums)
    {
        var eight = sums.GetLower() + sums.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }
}
