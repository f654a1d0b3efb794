using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>
/// Kernels over bfloat16 weights: 2 bytes per weight, the upper half of an f32. Activations are rounded to bfloat16 too, as llama.cpp
/// does, so that greedy texts are the same; sums are f32.
/// </summary>
internal static class BF16
{
    /// <summary>Columns taken at once, so that the rounded activations fit on the stack (16 KB).</summary>
    private const int ChunkCols = 4096;

    /// <summary>y = W x with W [rows, cols] row-major, x [cols], y [rows].</summary>
    public static void MatVec(ReadOnlySpan<ushort> w, ReadOnlySpan<float> x, Span<float> y)
    {
        Shapes.Check(w.Length, rows: y.Length, rowBlocks: x.Length);
        int cols = x.Length;
        Span<float> rounded = stackalloc float[Math.Min(cols, ChunkCols)];
        y.Clear();
        for (int first = 0; first < cols; first += ChunkCols)
        {
            var chunk = rounded[..Math.Min(ChunkCols, cols - first)];
            Round(x.Slice(first, chunk.Length), chunk);
            for (int row = 0; row < y.Length; row++)
                y[row] += Dot(w.Slice((row * cols) + first, chunk.Length), chunk);
        }
    }

    /// <summary>sum w[i] * x[i]. Adds in another order than <see cref="DotScalar"/>.</summary>
    public static float Dot(ReadOnlySpan<ushort> w, ReadOnlySpan<float> x)
    {
        if (!Vector256.IsHardwareAccelerated)
            return DotScalar(w, x);

        // Safety: i + 16 <= x.Length == w.Length at every load.
        ref ushort pw = ref MemoryMarshal.GetReference(w);
        ref float px = ref MemoryMarshal.GetReference(x);
        var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
        nuint i = 0;
        for (; i + 16 <= (nuint)x.Length; i += 16)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref pw, i));
            even = Vector256.MultiplyAddEstimate((low << 16).AsSingle(), Vector256.LoadUnsafe(ref px, i), even);
            odd = Vector256.MultiplyAddEstimate((high << 16).AsSingle(), Vector256.LoadUnsafe(ref px, i + 8), odd);
        }
        return Vector256.Sum(even + odd) + DotScalar(w[(int)i..], x[(int)i..]);
    }

    /// <summary>The definition, against which the other is tested.</summary>
    public static float DotScalar(ReadOnlySpan<ushort> w, ReadOnlySpan<float> x)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += Widen(w[i]) * x[i];
        return sum;
    }

    /// <summary>The bfloat16 nearest to each, of two the even one; NaN stays NaN.</summary>
    public static void Round(ReadOnlySpan<float> x, Span<float> to)
    {
        for (int i = 0; i < x.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(x[i]);
            uint rounded = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000;
            to[i] = float.IsNaN(x[i]) ? float.NaN : BitConverter.UInt32BitsToSingle(rounded);
        }
    }

    /// <summary>One row as f32: the embedding of a token.</summary>
    public static void Widen(ReadOnlySpan<ushort> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = Widen(from[i]);
    }

    private static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
