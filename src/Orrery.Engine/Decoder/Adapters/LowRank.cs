using System.Runtime.InteropServices;
using Orrery.Tensors;

namespace Orrery.Engine.Decoder.Adapters;

/// <summary>What an adapter adds to a linear map: scale * B (A x), in f32.</summary>
internal sealed class LowRank
{
    // The matrices point into these, which do not move.
    private readonly float[] _a, _b;

    private LowRank(float[] a, float[] b, Matrix matrixA, Matrix matrixB, float scale) => (_a, _b, A, B, Scale) = (a, b, matrixA, matrixB, scale);

    public Matrix A { get; }                                            // [rank, cols]

    public Matrix B { get; }                                            // [rows, rank]

    public float Scale { get; }

    /// <summary>Memory that a <see cref="LowRank"/> can be made over.</summary>
    public static float[] Allocate(int rows, int cols) => GC.AllocateUninitializedArray<float>(checked(rows * cols), pinned: true);

    /// <param name="a">[rank, cols], from <see cref="Allocate"/>.</param>
    /// <param name="b">[rows, rank], from <see cref="Allocate"/>.</param>
    public static LowRank Of(float[] a, float[] b, int rank, float scale) => new(a, b, MatrixOf(a, rank, a.Length / rank), MatrixOf(b, b.Length / rank, rank), scale);

    /// <summary>For some of the rows.</summary>
    public LowRank Rowset(int first, int count) => new(_a, _b, A, B.RowRange(first, count), Scale);

    private static Matrix MatrixOf(float[] values, int rows, int cols)
        => new(DType.F32, rows, cols, Marshal.UnsafeAddrOfPinnedArrayElement(values, 0), (long)values.Length * sizeof(float));
}
