using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>
/// Kernels over <see cref="BlockQ8"/> weights. Activations are rounded to 8 bits, 32 at a time, so that a block is multiplied in
/// whole numbers. Their scale is rounded to a half, which costs nothing and makes them the very numbers that llama.cpp uses:
/// with another rounding the logits of a small model move by as much as 0.3 and greedy texts part from its.
/// </summary>
internal static class Q8
{
    /// <summary>Columns are taken 4096 at a time, so that the rounded activations fit on the stack (4.6 KB) and in the first-level cache.</summary>
    private const int ChunkBlocks = 128;

    /// <summary>y = W x with W [rows, cols / 32] blocks row-major, x [cols], y [rows].</summary>
    public static void MatVec(ReadOnlySpan<BlockQ8> w, ReadOnlySpan<float> x, Span<float> y)
    {
        int rowBlocks = x.Length / BlockQ8.Weights;
        Shapes.CheckSame(rowBlocks * BlockQ8.Weights, x.Length, "x");
        Shapes.Check(w.Length, rows: y.Length, rowBlocks);

        Span<ActivationQ8> rounded = stackalloc ActivationQ8[Math.Min(rowBlocks, ChunkBlocks)];
        y.Clear();
        for (int first = 0; first < rowBlocks; first += ChunkBlocks)
        {
            var chunk = rounded[..Math.Min(ChunkBlocks, rowBlocks - first)];
            Round(x.Slice(first * BlockQ8.Weights, chunk.Length * BlockQ8.Weights), chunk);
            for (int row = 0; row < y.Length; row++)
                y[row] += Dot(w.Slice((row * rowBlocks) + first, chunk.Length), chunk);
        }
    }

    /// <summary>sum over blocks b of scale[b] * x.scale[b] * sum of q[b][i] * x.q[b][i]. Adds blocks in another order than <see cref="DotScalar"/>.</summary>
    public static float Dot(ReadOnlySpan<BlockQ8> w, ReadOnlySpan<ActivationQ8> x)
    {
        if (!Vector256.IsHardwareAccelerated)
            return DotScalar(w, x);

        var sum = Vector256<float>.Zero;
        for (int b = 0; b < w.Length; b++)
        {
            var (wLow, wHigh) = Vector256.Widen(Load(in w[b].Quants));                 // 32 x i8 -> 2 x 16 x i16
            var (xLow, xHigh) = Vector256.Widen(Load(in x[b].Quants));

            // Two products fit an i16: 2 * 128 * 127 < 2^15.
            var (low, high) = Vector256.Widen((wLow * xLow) + (wHigh * xHigh));        // 16 x i16 -> 2 x 8 x i32
            var scale = Vector256.Create((float)w[b].Scale * x[b].Scale);
            sum = Vector256.MultiplyAddEstimate(Vector256.ConvertToSingle(low + high), scale, sum);
        }
        return Vector256.Sum(sum);
    }

    /// <summary>The definition, against which the other is tested.</summary>
    public static float DotScalar(ReadOnlySpan<BlockQ8> w, ReadOnlySpan<ActivationQ8> x)
    {
        float sum = 0;
        for (int b = 0; b < w.Length; b++)
        {
            int products = 0;
            for (int i = 0; i < BlockQ8.Weights; i++)
                products += w[b].Quants[i] * x[b].Quants[i];
            sum += (float)w[b].Scale * x[b].Scale * products;
        }
        return sum;
    }

    /// <summary>Rounds x [32 * blocks] to 8 bits; halves go to the even number.</summary>
    public static void Round(ReadOnlySpan<float> x, Span<ActivationQ8> blocks)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            RoundScalar(x, blocks);
            return;
        }

        Debug.Assert(x.Length == blocks.Length * BlockQ8.Weights);
        for (int b = 0; b < blocks.Length; b++)
        {
            // Safety: four vectors are the 32 elements of block b of x; the quants are 32 bytes.
            ref float px = ref Unsafe.AsRef(in x[b * BlockQ8.Weights]);
            var (x0, x1) = (Vector256.LoadUnsafe(ref px, 0), Vector256.LoadUnsafe(ref px, 8));
            var (x2, x3) = (Vector256.LoadUnsafe(ref px, 16), Vector256.LoadUnsafe(ref px, 24));
            var largest = Vector256.Max(Vector256.Max(Vector256.Abs(x0), Vector256.Abs(x1)), Vector256.Max(Vector256.Abs(x2), Vector256.Abs(x3)));
            float most = Largest(largest);
            float perUnit = most == 0 ? 0 : 127 / most;

            blocks[b].Scale = F16.Round(most / 127);
            var low = Vector256.Narrow(ToInt(x0 * perUnit), ToInt(x1 * perUnit));
            var high = Vector256.Narrow(ToInt(x2 * perUnit), ToInt(x3 * perUnit));
            Vector256.Narrow(low, high).StoreUnsafe(ref Unsafe.As<BlockQ8.Row, sbyte>(ref blocks[b].Quants));
        }
    }

    /// <summary>The definition.</summary>
    public static void RoundScalar(ReadOnlySpan<float> x, Span<ActivationQ8> blocks)
    {
        for (int b = 0; b < blocks.Length; b++)
        {
            float most = 0;
            foreach (float value in x.Slice(b * BlockQ8.Weights, BlockQ8.Weights))
                most = MathF.Max(most, MathF.Abs(value));
            float perUnit = most == 0 ? 0 : 127 / most;
            blocks[b].Scale = F16.Round(most / 127);
            for (int i = 0; i < BlockQ8.Weights; i++)
                blocks[b].Quants[i] = (sbyte)MathF.Round(x[(b * BlockQ8.Weights) + i] * perUnit);
        }
    }

    /// <summary>One row as f32: the embedding of a token.</summary>
    public static void Widen(ReadOnlySpan<BlockQ8> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            ref readonly var block = ref from[i / BlockQ8.Weights];
            to[i] = (float)block.Scale * block.Quants[i % BlockQ8.Weights];
        }
    }

    private static Vector256<sbyte> Load(in BlockQ8.Row quants)
        => Vector256.LoadUnsafe(ref Unsafe.As<BlockQ8.Row, sbyte>(ref Unsafe.AsRef(in quants)));

    private static Vector256<int> ToInt(Vector256<float> x) => Vector256.ConvertToInt32(Vector256.Round(x));

    private static float Largest(Vector256<float> x)
    {
        var four = Vector128.Max(x.GetLower(), x.GetUpper());
        var two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(two[0], two[1]);
    }
}
