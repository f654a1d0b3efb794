namespace Orrery.Tensors;

/// <summary>
/// What can be done with weights of one type: the seam between <see cref="Matrix"/> and the formats. Everything runs on the calling
/// thread. Callers have checked shapes and lengths.
/// </summary>
internal abstract unsafe class Kernel
{
    /// <summary>Of one block of weights.</summary>
    public abstract int BlockBytes { get; }

    public abstract int BlockWeights { get; }

    /// <summary>What x is rounded to. Kernels with the same take each other's rounded rows.</summary>
    public abstract Type Activation { get; }

    /// <summary>That one rounded row of so many columns takes.</summary>
    public abstract long RoundedBytes(int cols);

    /// <summary>Rounds x [n, cols], n rows of <see cref="RoundedBytes"/>.</summary>
    public abstract void Round(ReadOnlySpan<float> x, int cols, byte* to);

    /// <summary>
    /// y[i, row] = sum over cols of W[row, col] * x[i, col]. What comes out depends on neither n nor rows, to the last bit.
    /// </summary>
    /// <param name="weights">W [rows, cols], row-major. Needs no alignment.</param>
    /// <param name="x">n rounded rows.</param>
    /// <param name="y">[n, stride], of which the first <paramref name="rows"/> columns are overwritten.</param>
    public abstract void Multiply(byte* weights, int rows, int cols, byte* x, int n, float* y, int stride);

    /// <summary>One row of W as f32.</summary>
    public abstract void Widen(ReadOnlySpan<byte> row, Span<float> to);

    /// <summary>f32 weights as one row of W.</summary>
    public abstract void Quantize(ReadOnlySpan<float> row, Span<byte> to);

    /// <summary>The definition of one product: the widened row times the rounded x, summed in f64.</summary>
    public abstract double Define(ReadOnlySpan<byte> row, ReadOnlySpan<float> x);
}
