using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>Kernels over <see cref="BlockQ4"/> weights. Activations are rounded to 8 bits as for <see cref="Q8"/>.</summary>
internal static class Q4
{
    /// <summary>Columns are taken 4096 at a time, so that the rounded activations fit on the stack.</summary>
    private const int ChunkBlocks = 128;

    /// <summary>y = W x with W [rows, cols / 32] blocks row-major, x [cols], y [rows].</summary>
    public static void MatVec(ReadOnlySpan<BlockQ4> w, ReadOnlySpan<float> x, Span<float> y)
    {
        int rowBlocks = x.Length / BlockQ4.Weights;
        Shapes.CheckSame(rowBlocks * BlockQ4.Weights, x.Length, "x");
        Shapes.Check(w.Length, rows: y.Length, rowBlocks);

        Span<ActivationQ8> rounded = stackalloc ActivationQ8[Math.Min(rowBlocks, ChunkBlocks)];
        y.Clear();
        for (int first = 0; first < rowBlocks; first += ChunkBlocks)
        {
            var chunk = rounded[..Math.Min(ChunkBlocks, rowBlocks - first)];
            Q8.Round(x.Slice(first * BlockQ4.Weights, chunk.Length * BlockQ4.Weights), chunk);
            for (int row = 0; row < y.Length; row++)
                y[row] += Dot(w.Slice((row * rowBlocks) + first, chunk.Length), chunk);
        }
    }

    /// <summary>sum over blocks b of scale[b] * x.scale[b] * sum of (nibble[b][i] - 8) * x.q[b][i]. Adds blocks in another order than <see cref="DotScalar"/>.</summary>
    public static float Dot(ReadOnlySpan<BlockQ4> w, ReadOnlySpan<ActivationQ8> x)
    {
        if (!Vector256.IsHardwareAccelerated)
            return DotScalar(w, x);

        var sum = Vector256<float>.Zero;
        for (int b = 0; b < w.Length; b++)
        {
            // Safety: a block has 16 bytes of nibbles, an activation 32 bytes of quants.
            var nibbles = Vector128.LoadUnsafe(ref Unsafe.As<BlockQ4.Row, byte>(ref Unsafe.AsRef(in w[b].Nibbles)));
            var quants = Vector256.LoadUnsafe(ref Unsafe.As<BlockQ8.Row, sbyte>(ref Unsafe.AsRef(in x[b].Quants)));
            var (wLow, wHigh) = Vector256.Widen(Vector256.Create(nibbles & Vector128.Create((byte)0x0F), nibbles >> 4).AsSByte() - Vector256.Create((sbyte)8));
            var (xLow, xHigh) = Vector256.Widen(quants);

            // Two products are far from an i16's end: 2 * 8 * 127.
            var (low, high) = Vector256.Widen((wLow * xLow) + (wHigh * xHigh));
            var scale = Vector256.Create((float)w[b].Scale * x[b].Scale);
            sum = Vector256.MultiplyAddEstimate(Vector256.ConvertToSingle(low + high), scale, sum);
        }
        return Vector256.Sum(sum);
    }

    /// <summary>The definition, against which the other is tested.</summary>
    public static float DotScalar(ReadOnlySpan<BlockQ4> w, ReadOnlySpan<ActivationQ8> x)
    {
        float sum = 0;
        for (int b = 0; b < w.Length; b++)
        {
            int products = 0;
            for (int i = 0; i < BlockQ4.Weights; i++)
                products += Quant(in w[b], i) * x[b].Quants[i];
            sum += (float)w[b].Scale * x[b].Scale * products;
        }
        return sum;
    }

    /// <summary>One row as f32: the embedding of a token.</summary>
    public static void Widen(ReadOnlySpan<BlockQ4> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            ref readonly var block = ref from[i / BlockQ4.Weights];
            to[i] = (float)block.Scale * Quant(in block, i % BlockQ4.Weights);
        }
    }

    private static int Quant(in BlockQ4 block, int i)
        => (i < BlockQ4.Weights / 2 ? block.Nibbles[i] & 0x0F : block.Nibbles[i - (BlockQ4.Weights / 2)] >> 4) - 8;
}
