using System.Buffers;
using System.Runtime.InteropServices;

namespace Orrery.Tensors;

/// <summary>The loops that all formats share.</summary>
internal sealed unsafe class FormatKernel<TFormat, TBlock, TActivation> : Kernel
    where TFormat : struct, IFormat<TBlock, TActivation>
    where TBlock : unmanaged
    where TActivation : unmanaged, IActivation<TActivation>
{
    /// <summary>Rows of x that are rounded and multiplied together: W is read from memory once for so many.</summary>
    private const int MostRowsOfX = 64;

    /// <summary>Rounded rows of x held at once, unless a single one takes more: half of a small second-level cache.</summary>
    private const int ScratchBytes = 512 * 1024;

    /// <summary>Rows of W that stay in the first-level cache while the rows of x pass by.</summary>
    private const int TileBytes = 16 * 1024;

    public override int BlockBytes => sizeof(TBlock);

    public override void Multiply(byte* weights, int rows, int cols, ReadOnlySpan<float> x, Span<float> y, int stride)
    {
        int rowBlocks = cols / TActivation.Width;
        int n = x.Length / cols;
        int atOnce = (int)Math.Clamp(ScratchBytes / ((long)rowBlocks * sizeof(TActivation)), 1, Math.Min(n, MostRowsOfX));
        var scratch = ArrayPool<TActivation>.Shared.Rent(atOnce * rowBlocks);
        try
        {
            for (int first = 0; first < n; first += atOnce)
            {
                int count = Math.Min(atOnce, n - first);
                var rounded = scratch.AsSpan(0, count * rowBlocks);
                TActivation.Round(x.Slice(first * cols, count * cols), rounded);
                MultiplyRounded(weights, rows, rowBlocks, rounded, y[(first * stride)..], stride);
            }
        }
        finally
        {
            ArrayPool<TActivation>.Shared.Return(scratch);
        }
    }

    // Each product is one Dot over whole rows, so it does not depend on how many others there are.
    private static void MultiplyRounded(byte* weights, int rows, int rowBlocks, ReadOnlySpan<TActivation> x, Span<float> y, int stride)
    {
        long rowBytes = (long)rowBlocks * sizeof(TBlock);
        int tile = (int)Math.Clamp(TileBytes / rowBytes, 1, rows);
        for (int top = 0; top < rows; top += tile)
        {
            int end = Math.Min(top + tile, rows);
            for (int i = 0; i * rowBlocks < x.Length; i++)
            {
                var rowOfX = x.Slice(i * rowBlocks, rowBlocks);
                var rowOfY = y.Slice(i * stride, rows);

                // Safety: the matrix checked that rows * rowBytes bytes are readable.
                for (int row = top; row < end; row++)
                    rowOfY[row] = TFormat.Dot(new ReadOnlySpan<TBlock>(weights + (row * rowBytes), rowBlocks), rowOfX);
            }
        }
    }

    public override void Widen(ReadOnlySpan<byte> row, Span<float> to) => TFormat.Widen(MemoryMarshal.Cast<byte, TBlock>(row), to);

    public override void Quantize(ReadOnlySpan<float> row, Span<byte> to) => TFormat.Quantize(row, MemoryMarshal.Cast<byte, TBlock>(to));

    public override double Define(ReadOnlySpan<byte> row, ReadOnlySpan<float> x)
    {
        var rounded = new TActivation[x.Length / TActivation.Width];
        float[] w = new float[x.Length], activations = new float[x.Length];
        TActivation.Round(x, rounded);
        TActivation.Widen(rounded, activations);
        Widen(row, w);

        double sum = 0;
        for (int i = 0; i < w.Length; i++)
            sum += (double)w[i] * activations[i];
        return sum;
    }
}
