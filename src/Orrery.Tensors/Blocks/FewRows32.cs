using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors.Blocks;

/// <summary>
/// Some rows of x with AVX-512: the steps of <see cref="Quads32{TBlock}"/>, where four blocks of four rows of W are unpacked once for four rows of x,
/// or for two. A tile is for more: unpacking one takes about as long as multiplying it by ten.
/// </summary>
internal static unsafe class FewRows32<TBlock>
    where TBlock : unmanaged, IBlock32<TBlock>, IBlocks4<TBlock>
{
    /// <summary>Rows of x, at most.</summary>
    public const int Most = 12;

    public static bool Takes(in Product<TBlock, ActivationQ8> product) => product.N is > 1 and <= Most && product.RowBlocks % 4 == 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in Product<TBlock, ActivationQ8> product)
    {
        int last = product.Rows - 1, lastX = product.N - 1;
        int apart = (product.Rows + 3) / 4;
        for (int row = 0; row < apart; row++)
        {
            // The last of the four may have fewer rows: then the very last is multiplied again. So with rows of x.
            int r1 = Math.Min(row + apart, last), r2 = Math.Min(row + (2 * apart), last), r3 = Math.Min(row + (3 * apart), last);
            var w = new Four(product.W(row), product.W(r1), product.W(r2), product.W(r3));
            for (int i = 0; i <= lastX; i += 4)
            {
                int i1 = Math.Min(i + 1, lastX), i2 = Math.Min(i + 2, lastX), i3 = Math.Min(i + 3, lastX);
                Vector512<float> s0, s1, s2 = default, s3 = default;
                if (i2 > i1)
                    (s0, s1, s2, s3) = Sums(w, product.RowBlocks / 4, product.X(i), product.X(i1), product.X(i2), product.X(i3));
                else
                    (s0, s1) = Sums(w, product.RowBlocks / 4, product.X(i), product.X(i1));
                for (int at = i; at <= i3; at++)
                {
                    var s = (at - i) switch { 0 => s0, 1 => s1, 2 => s2, _ => s3 };
                    var y = s.GetLower().GetLower() + s.GetLower().GetUpper() + (s.GetUpper().GetLower() + s.GetUpper().GetUpper());
                    *product.Y(at, row) = y[0];
                    *product.Y(at, r1) = y[1];
                    *product.Y(at, r2) = y[2];
                    *product.Y(at, r3) = y[3];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) Sums(
        Four w, int groups, ActivationQ8* x0, ActivationQ8* x1, ActivationQ8* x2, ActivationQ8* x3)
    {
        var (s0, s1, s2, s3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        TBlock* w0 = w.A, w1 = w.B, w2 = w.C, w3 = w.D;
        for (int g = 0; g < groups; g++, w0 += 4, w1 += 4, w2 += 4, w3 += 4)
        {
            var (a, b) = TBlock.Codes(w0, w0 + 1, w0 + 2, w0 + 3);
            var (c, d) = TBlock.Codes(w1, w1 + 1, w1 + 2, w1 + 3);
            var (e, f) = TBlock.Codes(w2, w2 + 1, w2 + 2, w2 + 3);
            var (h, k) = TBlock.Codes(w3, w3 + 1, w3 + 2, w3 + 3);
            var scales = Quads32<TBlock>.Halves(w0, w1, w2, w3, 1, 2, 3, 0);
            var minima = TBlock.HasMinimum ? Quads32<TBlock>.Halves(w0, w1, w2, w3, 1, 2, 3, 1) : default;
            s0 = Add(a, b, c, d, e, f, h, k, scales, minima, x0 + g, s0);
            s1 = Add(a, b, c, d, e, f, h, k, scales, minima, x1 + g, s1);
            s2 = Add(a, b, c, d, e, f, h, k, scales, minima, x2 + g, s2);
            s3 = Add(a, b, c, d, e, f, h, k, scales, minima, x3 + g, s3);
        }
        return (s0, s1, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Vector512<float>, Vector512<float>) Sums(Four w, int groups, ActivationQ8* x0, ActivationQ8* x1)
    {
        var (s0, s1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        TBlock* w0 = w.A, w1 = w.B, w2 = w.C, w3 = w.D;
        for (int g = 0; g < groups; g++, w0 += 4, w1 += 4, w2 += 4, w3 += 4)
        {
            var (a, b) = TBlock.Codes(w0, w0 + 1, w0 + 2, w0 + 3);
            var (c, d) = TBlock.Codes(w1, w1 + 1, w1 + 2, w1 + 3);
            var (e, f) = TBlock.Codes(w2, w2 + 1, w2 + 2, w2 + 3);
            var (h, k) = TBlock.Codes(w3, w3 + 1, w3 + 2, w3 + 3);
            var scales = Quads32<TBlock>.Halves(w0, w1, w2, w3, 1, 2, 3, 0);
            var minima = TBlock.HasMinimum ? Quads32<TBlock>.Halves(w0, w1, w2, w3, 1, 2, 3, 1) : default;
            s0 = Add(a, b, c, d, e, f, h, k, scales, minima, x0 + g, s0);
            s1 = Add(a, b, c, d, e, f, h, k, scales, minima, x1 + g, s1);
        }
        return (s0, s1);
    }

    /// <param name="a">With the next: codes of four blocks of the first row of W; then those of the others.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(
        Vector512<byte> a, Vector512<byte> b, Vector512<byte> c, Vector512<byte> d, Vector512<byte> e, Vector512<byte> f, Vector512<byte> h, Vector512<byte> k,
        Vector512<float> scales, Vector512<float> minima, ActivationQ8* x, Vector512<float> sums)
    {
        var (first, second) = (Vector512.Load((sbyte*)x), Vector512.Load((sbyte*)x + 64));
        var products = Quads32<TBlock>.Turned(
            Quads32<TBlock>.Dots(a, b, first, second), Quads32<TBlock>.Dots(c, d, first, second), Quads32<TBlock>.Dots(e, f, first, second), Quads32<TBlock>.Dots(h, k, first, second));
        if (TBlock.Unsigned && TBlock.Offset != 0)
            products -= Quads32<TBlock>.Each(Vector128.Load((int*)&x->Totals).AsSingle()).AsInt32() << BitOperations.Log2((uint)TBlock.Offset);

        sums = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(products), scales * Quads32<TBlock>.Each(Vector128.Load((float*)&x->Scales)), sums);
        return TBlock.HasMinimum ? Avx512F.FusedMultiplyAdd(minima, Quads32<TBlock>.Each(Vector128.Load((float*)&x->Sums)), sums) : sums;
    }

    /// <summary>Rows of W.</summary>
    private readonly struct Four(TBlock* a, TBlock* b, TBlock* c, TBlock* d)
    {
        public readonly TBlock* A = a, B = b, C = c, D = d;
    }
}
