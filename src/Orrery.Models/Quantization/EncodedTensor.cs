using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Orrery.Tensors;

namespace Orrery.Models.Quantization;

/// <summary>A tensor that is encoded while it is written.</summary>
public static class EncodedTensor
{
    /// <summary>Rows are encoded in parts of about this size before they are written.</summary>
    private const int PartBytes = 16 << 20;

    /// <param name="shape">Slowest first. Its product is that of the rows and columns.</param>
    /// <param name="rows">Asked for when it is written.</param>
    /// <param name="invalid">What is thrown when a row holds numbers that the type cannot, from what is wrong and the next step.</param>
    public static TensorToWrite Of(string name, DType type, ImmutableArray<long> shape, Func<WeightRows> rows, Func<string, string, InvalidModelFileException> invalid)
        => new(name, type, shape, to => Write(rows(), type, to, invalid));

    private static unsafe void Write(WeightRows rows, DType type, Stream to, Func<string, string, InvalidModelFileException> invalid)
    {
        int rowBytes = RowEncoder.RowBytes(rows.Cols, type);
        int partRows = Math.Clamp(PartBytes / rowBytes, 1, rows.Rows);
        void* part = NativeMemory.Alloc((nuint)partRows * (nuint)rowBytes);
        try
        {
            for (int first = 0; first < rows.Rows; first += partRows)
            {
                int count = Math.Min(partRows, rows.Rows - first);
                if (RowEncoder.Encode(rows, type, first, count, (nint)part) is { } problem)
                    throw invalid(problem, "Choose BF16 for this model.");

                // Safety: count * rowBytes bytes were written; rows of a part are at most one part or one row, which spans hold.
                to.Write(new ReadOnlySpan<byte>(part, count * rowBytes));
            }
        }
        finally
        {
            NativeMemory.Free(part);
        }
    }
}
