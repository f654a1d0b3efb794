using System.Buffers;
using Orrery.Tensors;

namespace Orrery.Models.Quantization;

/// <summary>Encodes rows of f32 as another type, on all processors.</summary>
internal static unsafe class RowEncoder
{
    /// <returns>Null, or what is wrong with which row: a number that the type cannot hold.</returns>
    /// <param name="to">Room for <paramref name="count"/> rows of <paramref name="type"/>.</param>
    public static string? Encode(WeightRows rows, DType type, int first, int count, nint to)
    {
        int rowBytes = RowBytes(rows.Cols, type);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, rows.Rows - count);
        string? problem = null;
        Parallel.For(
            0,
            count,
            () => ArrayPool<float>.Shared.Rent(rows.Cols),
            (i, loop, buffer) =>
            {
                var row = buffer.AsSpan(0, rows.Cols);
                rows.Copy(first + i, row);
                try
                {
                    // Safety: the caller's room holds count rows of this many bytes.
                    Quantizer.Quantize(type, row, new Span<byte>((byte*)to + ((long)i * rowBytes), rowBytes));
                }
                catch (ArgumentException e)
                {
                    problem = $"has a row {first + i} that cannot be encoded ({e.Message})";
                    loop.Stop();
                }
                return buffer;
            },
            buffer => ArrayPool<float>.Shared.Return(buffer));
        return problem;
    }

    public static int RowBytes(int cols, DType type) => checked(cols / type.BlockWeights * type.BlockBytes);
}
