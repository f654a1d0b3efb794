using System.Runtime.InteropServices;

namespace Orrery.Tensors;

/// <summary>From the seam to a format's own types.</summary>
internal sealed unsafe class FormatKernel<TFormat, TBlock, TActivation>(int blockWeights) : Kernel
    where TFormat : struct, IFormat<TBlock, TActivation>
    where TBlock : unmanaged
    where TActivation : unmanaged, IActivation<TActivation>
{
    public override int BlockBytes => sizeof(TBlock);

    public override int BlockWeights => blockWeights;

    public override Type Activation => typeof(TActivation);

    public override long RoundedBytes(int cols) => (long)Groups(cols) * sizeof(TActivation);

    public override void Round(ReadOnlySpan<float> x, int cols, byte* to)
    {
        int groups = Groups(cols);
        for (int at = 0; at < x.Length; at += cols, to += (long)groups * sizeof(TActivation))
            TActivation.Round(x.Slice(at, cols), new Span<TActivation>(to, groups));
    }

    public override void Multiply(byte* weights, int rows, int cols, byte* x, int n, float* y, int stride)
        => TFormat.Multiply(new Product<TBlock, TActivation>(weights, rows, cols / blockWeights, x, Groups(cols), n, y, stride));

    public override void Widen(ReadOnlySpan<byte> row, Span<float> to) => TFormat.Widen(MemoryMarshal.Cast<byte, TBlock>(row), to);

    public override void Quantize(ReadOnlySpan<float> row, Span<byte> to) => TFormat.Quantize(row, MemoryMarshal.Cast<byte, TBlock>(to));

    public override double Define(ReadOnlySpan<byte> row, ReadOnlySpan<float> x)
    {
        var rounded = new TActivation[Groups(x.Length)];
        float[] w = new float[x.Length], activations = new float[x.Length];
        TActivation.Round(x, rounded);
        TActivation.Widen(rounded, activations);
        Widen(row, w);

        double sum = 0;
        for (int i = 0; i < w.Length; i++)
            sum += (double)w[i] * activations[i];
        return sum;
    }

    private static int Groups(int cols) => (int)(((long)cols + TActivation.Width - 1) / TActivation.Width) + TActivation.Padding;
}
