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
    where TBlock : unmanaged, IBlocks4<TBlock>
{
    /// <summary>Rows of x, at most.</summary>
    public const int Most = 12;

    public static bool Takes(in Product<TBlock, ActivationQ8> product) => product.N is > 1 and <= Most && product.RowBlocks % 4 == 0;

    [MethodImpl(Hot.Loop)]
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

    [MethodImpl(Hot.Loop)]
    private static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) Sums(
        Four w, int groups, ActivationQ8* x0, ActivationQ8* x1, ActivationQ8* x2, ActivationQ8* x3)
    {
        var (s0, s1, s2, s3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        TBlock* w0 = w.A, w1 = w.B, w2 = w.C, w3 = w.D;
        for (int g = 0; g < groups; g++, w0 += 4, w1 += 4, w2 += 4, w3 += 4)
        {
            var halves = TBlock.Halves(w0, w1, w2, w3);
            s0 = Add(w0, w1, w2, w3, halves, x0 + g, s0);
            s1 = Add(w0, w1, w2, w3, halves, x1 + g, s1);
            s2 = Add(w0, w1, w2, w3, halves, x2 + g, s2);
            s3 = Add(w0, w1, w2, w3, halves, x3 + g, s3);
        }
        return (s0, s1, s2, s3);
    }

    [MethodImpl(Hot.Loop)]
    private static (Vector512<float>, Vector512<float>) Sums(Four w, int groups, ActivationQ8* x0, ActivationQ8* x1)
    {
        var (s0, s1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        TBlock* w0 = w.A, w1 = w.B, w2 = w.C, w3 = w.D;
        for (int g = 0; g < groups; g++, w0 += 4, w1 += 4, w2 += 4, w3 += 4)
        {
            var halves = TBlock.Halves(w0, w1, w2, w3);
            s0 = Add(w0, w1, w2, w3, halves, x0 + g, s0);
            s1 = Add(w0, w1, w2, w3, halves, x1 + g, s1);
        }
        return (s0, s1);
    }

    /// <summary>What concerns W alone is the same for each row of x, and computed once: the compiler sees to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(TBlock* w0, TBlock* w1, TBlock* w2, TBlock* w3, Vector512<uint> halves, ActivationQ8* x, Vector512<float> sums)
    {
        var products = TBlock.Products(w0, w1, w2, w3, x);
        if (TBlock.Unsigned && TBlock.Offset != 0)
            products -= Quads32<TBlock>.Each(Vector128.Load((int*)&x->Totals).AsSingle()).AsInt32() << BitOperations.Log2((uint)TBlock.Offset);
        sums = Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(products), F16.Widen(halves) * Quads32<TBlock>.Each(Vector128.Load((float*)&x->Scales)), sums);
        return TBlock.HasMinimum ? Avx512F.FusedMultiplyAdd(F16.Widen(halves >>> 16), Quads32<TBlock>.Each(Vector128.Load((float*)&x->Sums)), sums) : sums;
    }

    /// <summary>Rows of W.</summary>
    private readonly struct Four(TBlock* a, TBlock* b, TBlock* c, TBlock* d)
    {
        public readonly TBlock* A = a, B = b, C = c, D = d;
    }
}
