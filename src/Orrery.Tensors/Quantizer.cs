using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>f32 weights into any type with kernels. <see cref="Matrix.CopyRow"/> is the way back.</summary>
public static class Quantizer
{
    /// <summary>
    /// Encodes one row, on the calling thread. F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0 and Q5_1 give llama-quantize's bytes; the other types
    /// search for scales that lose least in squares. On one core of a busy EPYC, MB/s of f32: F16 and BF16 above 1000, MXFP4 270,
    /// Q8_0 to Q5_1 and the K types 80 to 380, IQ4_NL and IQ4_XS 43.
    /// </summary>
    /// <param name="row">A multiple of <see cref="DType.BlockWeights"/> weights.</param>
    /// <param name="to">As many blocks: <see cref="DType.BlockBytes"/> bytes each, overwritten.</param>
    /// <exception cref="ArgumentException">The type has no kernels, the lengths do not fit, or a weight is not finite or beyond the halves that scales are kept in.</exception>
    public static void Quantize(DType type, ReadOnlySpan<float> row, Span<byte> to)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (type.Kernel is not { } kernel)
            throw new ArgumentException($"Nothing here makes {type} weights.", nameof(type));
        if (row.Length % type.BlockWeights != 0)
            throw new ArgumentException($"{row.Length} weights are no whole blocks of {type}, which have {type.BlockWeights}.", nameof(row));
        if (to.Length != (long)row.Length / type.BlockWeights * type.BlockBytes)
            throw new ArgumentException($"{row.Length} weights take {(long)row.Length / type.BlockWeights * type.BlockBytes} bytes as {type}, not {to.Length}.", nameof(to));

        // F32 and BF16 hold whatever an f32 does.
        if (type != DType.F32 && type != DType.BF16 && FirstBeyondHalves(row) is int bad)
            throw new ArgumentException($"Weight {bad} of the row is {row[bad]}; {type} holds what lies within ±{F16.Most}. Keep these weights in F32 or BF16.", nameof(row));
        kernel.Quantize(row, to);
    }

    private static int? FirstBeyondHalves(ReadOnlySpan<float> row)
    {
        // Safety: i + 8 <= row.Length.
        ref float first = ref MemoryMarshal.GetReference(row);
        int i = 0;
        for (; i + 8 <= row.Length; i += 8)
        {
            if (!Vector256.LessThanOrEqualAll(Vector256.Abs(Vector256.LoadUnsafe(ref first, (nuint)i)), Vector256.Create(F16.Most)))
                break;
        }
        for (; i < row.Length; i++)
        {
            if (!(MathF.Abs(row[i]) <= F16.Most))
                return i;
        }
        return null;
    }
}
