namespace Orrery.Tensors;

/// <summary>
/// What can be done with weights of one type: the seam between <see cref="Matrix"/> and the formats. Everything runs on the calling
/// thread. Callers have checked shapes and lengths.
/// </summary>
internal abstract unsafe class Kernel
{
    /// <summary>Of one block of weights.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>y[i, row] = sum over cols of W[row, col] * x[i, col], with x rounded as the format wants it.</summary>
    /// <param name="weights">W [rows, cols], row-major. Needs no alignment.</param>
    /// <param name="x">[n, cols]</param>
    /// <param name="y">[n, stride], of which the first <paramref name="rows"/> columns are overwritten; the last row may end after them.</param>
    public abstract void Multiply(byte* weights, int rows, int cols, ReadOnlySpan<float> x, Span<float> y, int stride);

    /// <summary>One row of W as f32.</summary>
    public abstract void Widen(ReadOnlySpan<byte> row, Span<float> to);

    /// <summary>f32 weights as one row of W.</summary>
    public abstract void Quantize(ReadOnlySpan<float> row, Span<byte> to);

    /// <summary>The definition of one product: the widened row times the rounded x, summed in f64.</summary>
    public abstract double Define(ReadOnlySpan<byte> row, ReadOnlySpan<float> x);
}
