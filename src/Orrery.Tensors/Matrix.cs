using System.Runtime.InteropServices;

namespace Orrery.Tensors;

/// <summary>
/// Weights W [rows, cols], row-major, each row whole blocks of its type. A view: the memory, usually a mapped file,
/// belongs to someone else and must outlive it. It may hold more elements than one span can.
/// </summary>
public readonly unsafe struct Matrix
{
    private readonly byte* _first;

    /// <param name="address">First byte. Needs no alignment.</param>
    /// <param name="bytes">How many are readable there; must be what the shape needs.</param>
    /// <exception cref="ArgumentException">The type has no kernels, or shape, type and size do not fit together.</exception>
    public Matrix(DType type, int rows, int cols, nint address, long bytes)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!type.HasKernels)
            throw new ArgumentException($"There are no kernels for {type} weights.", nameof(type));
        if (rows < 1 || cols < 1 || cols % type.BlockWeights != 0)
            throw new ArgumentException($"[{rows}, {cols}] is no shape for {type}: columns come in blocks of {type.BlockWeights}.", nameof(cols));

        // 2^31 rows of 2^31 blocks are the most that int dimensions can ask for; a row of them all still fits a span.
        UInt128 needed = (UInt128)(uint)rows * (uint)(cols / type.BlockWeights) * (uint)type.BlockBytes;
        if (bytes < 0 || (UInt128)bytes != needed)
            throw new ArgumentException($"[{rows}, {cols}] of {type} takes {needed} bytes, not {bytes}.", nameof(bytes));
        if ((long)cols / type.BlockWeights * type.BlockBytes > int.MaxValue)
            throw new ArgumentException($"[{rows}, {cols}] of {type} has rows of more than {int.MaxValue} bytes.", nameof(cols));

        (DType, Rows, Cols) = (type, rows, cols);
        _first = (byte*)address;
    }

    public DType DType { get; }

    public int Rows { get; }

    public int Cols { get; }

    private int RowBytes => Cols / DType.BlockWeights * DType.BlockBytes;

    /// <summary>
    /// y[i, row] = sum over cols of W[row, col] * x[i, col], with x [n, cols] and y [n, rows], overwritten; n is at least 1, and every row
    /// of y is the same to the bit whatever n is. Reads W once for 64 rows of x (fewer where they are longer than 8 KB).
    /// Sums are f32. x is rounded as llama.cpp does: to halves for F16, to bfloat16 for BF16, to 8 bits in blocks of as many as the
    /// weights' for quantized types. Runs on the calling thread, and allocates nothing once its pool is warm.
    /// </summary>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y) => Multiply(x, y, Rows);

    /// <summary>
    /// The same into a part of the columns of a wider y [n, stride]: those from y's first element on. So several threads, each with a
    /// <see cref="RowRange"/>, fill one y.
    /// </summary>
    /// <param name="y">(n - 1) * stride + rows elements or more; those between are not touched.</param>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int stride)
    {
        Check(x, y, stride);
        var rounded = RoundedMemory.Own.Round(x, Cols, DType);

        // Safety: the constructor checked that all rows are readable.
        fixed (float* first = y)
            DType.Kernel!.Multiply(_first, Rows, Cols, rounded.First, rounded.Rows, first, stride);
    }

    /// <summary>The same with x rounded already, for several matrices; where it was rounded for another kind of weights that is made good.</summary>
    /// <param name="workers">Who computes: each takes some of the rows. Until they are disposed of they may still read W, though never after its rows are done write.</param>
    public void Multiply(Rounded x, Span<float> y, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        Check(x.X, y, Rows);
        var kernel = DType.Kernel!;
        var rounded = x.Activation == kernel.Activation && x.Cols == Cols ? x : RoundedMemory.Own.Round(x.X, Cols, DType);

        // Safety: as above; the memory of y stays where it is while anybody may write to it.
        fixed (float* first = y)
        {
            var job = new RowJob(kernel, _first, Rows, Cols, rounded.First, rounded.Memory, rounded.Rows, first);
            workers.RunRepeatable(ref job, job.Chunks(RowBytes, workers.Count));
        }
    }

    private void Check(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int stride)
    {
        int n = x.Length / Cols;
        if (n < 1 || x.Length != n * Cols || stride < Rows || y.Length < ((n - 1L) * stride) + Rows || (stride == Rows && y.Length != (long)n * Rows))
            throw new ArgumentException($"W is [{Rows}, {Cols}]; x has {x.Length} elements and y {y.Length}, with {stride} from one row to the next.");
    }

    /// <summary>Writes one row as f32 into <paramref name="to"/> [cols]: the embedding of a token.</summary>
    public void CopyRow(int row, Span<float> to)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(to.Length, Cols);
        DType.Kernel!.Widen(Row(row), to);
    }

    public Matrix RowRange(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Rows - count);
        return new Matrix(DType, count, Cols, (nint)(_first + ((long)first * RowBytes)), (long)count * RowBytes);
    }

    /// <summary>A single row of F32 weights, such as those of a norm, without copying.</summary>
    public ReadOnlySpan<float> AsVector()
    {
        if (DType != DType.F32 || Rows != 1)
            throw new InvalidOperationException($"[{Rows}, {Cols}] of {DType} is not one row of F32.");
        return MemoryMarshal.Cast<byte, float>(Row(0));
    }

    private ReadOnlySpan<byte> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);

        // Safety: the constructor checked that all rows are readable and that one fits an int.
        return new ReadOnlySpan<byte>(_first + ((long)row * RowBytes), RowBytes);
    }
}
