using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>Kernels over f32 weights.</summary>
internal static class F32
{
    private const int RowsAtOnce = 4;

    /// <summary>y = W x with W [rows, cols] row-major, x [cols], y [rows]. Four rows share each load of x.</summary>
    public static void MatVec(ReadOnlySpan<float> w, ReadOnlySpan<float> x, Span<float> y)
    {
        Shapes.Check(w.Length, rows: y.Length, rowBlocks: x.Length);
        int cols = x.Length;
        int row = 0;
        if (Vector256.IsHardwareAccelerated && cols >= Vector256<float>.Count)
        {
            for (; row <= y.Length - RowsAtOnce; row += RowsAtOnce)
                FourDots(w.Slice(row * cols, RowsAtOnce * cols), x, y.Slice(row, RowsAtOnce));
        }
        for (; row < y.Length; row++)
            y[row] = Dot(w.Slice(row * cols, cols), x);
    }

    /// <summary>sum w[i] * x[i]. Adds in another order than <see cref="DotScalar"/>.</summary>
    public static float Dot(ReadOnlySpan<float> w, ReadOnlySpan<float> x)
    {
        if (!Vector256.IsHardwareAccelerated || x.Length < Vector256<float>.Count)
            return DotScalar(w, x);

        // Safety: i + 8 <= x.Length == w.Length at every load.
        ref float pw = ref MemoryMarshal.GetReference(w);
        ref float px = ref MemoryMarshal.GetReference(x);
        var sum = Vector256<float>.Zero;
        nuint i = 0;
        for (; i + 8 <= (nuint)x.Length; i += 8)
            sum = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref pw, i), Vector256.LoadUnsafe(ref px, i), sum);
        return Vector256.Sum(sum) + DotScalar(w[(int)i..], x[(int)i..]);
    }

    /// <summary>The definition, against which the others are tested.</summary>
    public static float DotScalar(ReadOnlySpan<float> w, ReadOnlySpan<float> x)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += w[i] * x[i];
        return sum;
    }

    // w [4, cols], x [cols], y [4].
    private static void FourDots(ReadOnlySpan<float> w, ReadOnlySpan<float> x, Span<float> y)
    {
        int cols = x.Length;

        // Safety: i + 8 <= cols at every load of x, and the four rows are cols apart in w, whose length is 4 * cols (sliced so by MatVec).
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float w0 = ref MemoryMarshal.GetReference(w);
        ref float w1 = ref MemoryMarshal.GetReference(w[cols..]);
        ref float w2 = ref MemoryMarshal.GetReference(w[(2 * cols)..]);
        ref float w3 = ref MemoryMarshal.GetReference(w[(3 * cols)..]);
        var (s0, s1, s2, s3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        nuint i = 0;
        for (; i + 8 <= (nuint)cols; i += 8)
        {
            var part = Vector256.LoadUnsafe(ref px, i);
            s0 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref w0, i), part, s0);
            s1 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref w1, i), part, s1);
            s2 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref w2, i), part, s2);
            s3 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref w3, i), part, s3);
        }

        int done = (int)i;
        y[0] = Vector256.Sum(s0) + DotScalar(w[done..cols], x[done..]);
        y[1] = Vector256.Sum(s1) + DotScalar(w[(cols + done)..(2 * cols)], x[done..]);
        y[2] = Vector256.Sum(s2) + DotScalar(w[((2 * cols) + done)..(3 * cols)], x[done..]);
        y[3] = Vector256.Sum(s3) + DotScalar(w[((3 * cols) + done)..], x[done..]);
    }
}
