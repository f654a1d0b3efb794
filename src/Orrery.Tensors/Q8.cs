using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>Kernels over <see cref="BlockQ8"/> weights. Activations stay f32, so the only rounding is that of the weights.</summary>
internal static class Q8
{
    /// <summary>y = W x with W [rows, cols / 32] blocks row-major, x [cols], y [rows].</summary>
    public static void MatVec(ReadOnlySpan<BlockQ8> w, ReadOnlySpan<float> x, Span<float> y)
    {
        int rowBlocks = x.Length / BlockQ8.Weights;
        Shapes.CheckSame(rowBlocks * BlockQ8.Weights, x.Length, "x");
        Shapes.Check(w.Length, rows: y.Length, rowBlocks);
        for (int row = 0; row < y.Length; row++)
            y[row] = Dot(w.Slice(row * rowBlocks, rowBlocks), x);
    }

    /// <summary>sum over blocks b of scale[b] * sum of q[b][i] * x[32 b + i]. Adds in another order than <see cref="DotScalar"/>.</summary>
    public static float Dot(ReadOnlySpan<BlockQ8> w, ReadOnlySpan<float> x)
    {
        if (!Vector256.IsHardwareAccelerated)
            return DotScalar(w, x);

        // Safety: x.Length == 32 * w.Length (MatVec), so block b may load x[32 b .. 32 b + 32); its quants are 32 bytes.
        ref float px = ref MemoryMarshal.GetReference(x);
        var sum = Vector256<float>.Zero;
        for (int b = 0; b < w.Length; b++)
        {
            ref readonly var block = ref w[b];
            ref sbyte quants = ref Unsafe.As<BlockQ8.Row, sbyte>(ref Unsafe.AsRef(in block.Quants));
            nuint at = (nuint)b * BlockQ8.Weights;

            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref quants));       // 32 x i8 -> 2 x 16 x i16
            var (q0, q1) = Vector256.Widen(low);                                       //         -> 4 x 8 x i32
            var (q2, q3) = Vector256.Widen(high);
            var even = Vector256.ConvertToSingle(q0) * Vector256.LoadUnsafe(ref px, at);
            var odd = Vector256.ConvertToSingle(q1) * Vector256.LoadUnsafe(ref px, at + 8);
            even = Vector256.MultiplyAddEstimate(Vector256.ConvertToSingle(q2), Vector256.LoadUnsafe(ref px, at + 16), even);
            odd = Vector256.MultiplyAddEstimate(Vector256.ConvertToSingle(q3), Vector256.LoadUnsafe(ref px, at + 24), odd);

            sum = Vector256.MultiplyAddEstimate(even + odd, Vector256.Create((float)block.Scale), sum);
        }
        return Vector256.Sum(sum);
    }

    /// <summary>The definition, against which the other is tested.</summary>
    public static float DotScalar(ReadOnlySpan<BlockQ8> w, ReadOnlySpan<float> x)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            ref readonly var block = ref w[i / BlockQ8.Weights];
            sum += (float)block.Scale * block.Quants[i % BlockQ8.Weights] * x[i];
        }
        return sum;
    }

    public static void Widen(ReadOnlySpan<BlockQ8> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            ref readonly var block = ref from[i / BlockQ8.Weights];
            to[i] = (float)block.Scale * block.Quants[i % BlockQ8.Weights];
        }
    }
}
