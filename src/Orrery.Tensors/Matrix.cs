using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orrery.Tensors;

/// <summary>
/// Weights W [rows, cols], row-major, each row whole blocks of its type. A view: the memory, usually a mapped file,
/// belongs to someone else and must outlive it.
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

        long rowBlocks = cols / type.BlockWeights;
        if (rows * rowBlocks > int.MaxValue)
            throw new ArgumentException($"[{rows}, {cols}] has more than {int.MaxValue} blocks of {type}.", nameof(rows));
        if (bytes != rows * rowBlocks * type.BlockBytes)
            throw new ArgumentException($"[{rows}, {cols}] of {type} takes {rows * rowBlocks * type.BlockBytes} bytes, not {bytes}.", nameof(bytes));

        (DType, Rows, Cols) = (type, rows, cols);
        _first = (byte*)address;
    }

    public DType DType { get; }

    public int Rows { get; }

    public int Cols { get; }

    private int RowBlocks => Cols / DType.BlockWeights;

    /// <summary>
    /// y = W x, with x [cols] and y [rows], overwritten. Reads W once. Sums are f32; x is rounded to halves for F16 weights, to
    /// bfloat16 for BF16 ones and to 8 bits in blocks of 32 for Q8_0 and Q4_0 ones.
    /// [4096, 4096] on one EPYC core: F32 1.9 ms, F16 3.8 ms (widening by hand), Q8_0 1.0 ms.
    /// Runs on the calling thread: who wants more threads splits the rows with <see cref="RowRange"/>.
    /// </summary>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y)
    {
        if (x.Length != Cols || y.Length != Rows)
            throw new ArgumentException($"W is [{Rows}, {Cols}]; x has {x.Length} and y {y.Length} elements.");

        if (DType == DType.F32)
            F32.MatVec(As<float>(), x, y);
        else if (DType == DType.F16)
            F16.MatVec(As<Half>(), x, y);
        else if (DType == DType.BF16)
            BF16.MatVec(As<ushort>(), x, y);
        else if (DType == DType.Q4)
            Q4.MatVec(As<BlockQ4>(), x, y);
        else
            Q8.MatVec(As<BlockQ8>(), x, y);
    }

    /// <summary>Writes one row as f32 into <paramref name="to"/> [cols]: the embedding of a token.</summary>
    public void CopyRow(int row, Span<float> to)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(to.Length, Cols);
        var one = RowRange(row, 1);
        if (DType == DType.F32)
            one.As<float>().CopyTo(to);
        else if (DType == DType.F16)
            F16.Widen(one.As<Half>(), to);
        else if (DType == DType.BF16)
            BF16.Widen(one.As<ushort>(), to);
        else if (DType == DType.Q4)
            Q4.Widen(one.As<BlockQ4>(), to);
        else
            Q8.Widen(one.As<BlockQ8>(), to);
    }

    public Matrix RowRange(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Rows - count);
        long rowBytes = (long)RowBlocks * DType.BlockBytes;
        return new Matrix(DType, count, Cols, (nint)(_first + (first * rowBytes)), count * rowBytes);
    }

    /// <summary>A single row of F32 weights, such as those of a norm, without copying.</summary>
    public ReadOnlySpan<float> AsVector()
    {
        if (DType != DType.F32 || Rows != 1)
            throw new InvalidOperationException($"[{Rows}, {Cols}] of {DType} is not one row of F32.");
        return As<float>();
    }

    // Safety: the constructor checked that rows * blocks per row elements are readable and fit an int.
    private ReadOnlySpan<T> As<T>()
        where T : unmanaged
    {
        System.Diagnostics.Debug.Assert(Unsafe.SizeOf<T>() == DType.BlockBytes);
        return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AsRef<T>(_first), Rows * RowBlocks);
    }
}
