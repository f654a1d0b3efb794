using System.Runtime.CompilerServices;

namespace Orrery.Tensors.Tests;

/// <summary>Rows of weights in any type.</summary>
internal static unsafe class Rows
{
    public static IEnumerable<DType> Types => DType.All.Where(type => type.HasKernels);

    public static DType Type(string name) => DType.All.Single(type => type.Name == name);

    public static int Bytes(DType type, int weights) => weights / type.BlockWeights * type.BlockBytes;

    /// <summary>Every byte by chance, so that every code and every scale comes up; blocks that hold no finite numbers of a bearable size are drawn again.</summary>
    public static byte[] ByChance(DType type, int weights, int seed)
    {
        var random = new Random(seed);
        byte[] row = new byte[Bytes(type, weights)];
        float[] widened = new float[type.BlockWeights];
        for (int at = 0; at < row.Length; at += type.BlockBytes)
        {
            var block = row.AsSpan(at, type.BlockBytes);
            do
            {
                random.NextBytes(block);
                type.Kernel!.Widen(block, widened);
            }
            while (!widened.All(weight => MathF.Abs(weight) < 1e9f));
        }
        return row;
    }

    public static byte[] Of(DType type, float[] weights)
    {
        byte[] row = new byte[Bytes(type, weights.Length)];
        Quantizer.Quantize(type, weights, row);
        return row;
    }

    public static float[] Widened(DType type, ReadOnlySpan<byte> row)
    {
        float[] weights = new float[row.Length / type.BlockBytes * type.BlockWeights];
        type.Kernel!.Widen(row, weights);
        return weights;
    }

    /// <summary>The array is pinned: its address stays good as long as it is kept alive.</summary>
    public static (Matrix Matrix, Array Keep) Matrix(DType type, int rows, int cols, byte[] bytes)
    {
        byte[] pinned = GC.AllocateArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned, 0);
        return (new Matrix(type, rows, cols, (nint)Unsafe.AsPointer(ref pinned[0]), pinned.Length), pinned);
    }

    /// <summary>Of weights between -1 and 1.</summary>
    public static (Matrix Matrix, Array Keep) Matrix(DType type, int rows, int cols, int seed)
        => Matrix(type, rows, cols, Of(type, Numbers.Floats(rows * cols, seed)));
}
