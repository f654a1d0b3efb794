using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>Kernels over IEEE half-precision weights: 2 bytes per weight, widened exactly to f32.</summary>
internal static class F16
{
    /// <summary>y = W x with W [rows, cols] row-major, x [cols], y [rows].</summary>
    public static void MatVec(ReadOnlySpan<Half> w, ReadOnlySpan<float> x, Span<float> y)
    {
        Shapes.Check(w.Length, rows: y.Length, rowBlocks: x.Length);
        for (int row = 0; row < y.Length; row++)
            y[row] = Dot(w.Slice(row * x.Length, x.Length), x);
    }

    /// <summary>sum w[i] * x[i]. Adds in another order than <see cref="DotScalar"/>.</summary>
    public static float Dot(ReadOnlySpan<Half> w, ReadOnlySpan<float> x)
    {
        if (!Vector256.IsHardwareAccelerated)
            return DotScalar(w, x);

        // Safety: i + 16, then i + 8, <= x.Length == w.Length at every load.
        ref ushort pw = ref Unsafe.As<Half, ushort>(ref MemoryMarshal.GetReference(w));
        ref float px = ref MemoryMarshal.GetReference(x);
        var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
        nuint i = 0;
        for (; i + 16 <= (nuint)x.Length; i += 16)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref pw, i));
            even = Vector256.MultiplyAddEstimate(Widen(low), Vector256.LoadUnsafe(ref px, i), even);
            odd = Vector256.MultiplyAddEstimate(Widen(high), Vector256.LoadUnsafe(ref px, i + 8), odd);
        }
        if (i + 8 <= (nuint)x.Length)
        {
            var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref pw, i));
            even = Vector256.MultiplyAddEstimate(Widen(Vector256.Create(low, high)), Vector256.LoadUnsafe(ref px, i), even);
            i += 8;
        }
        return Vector256.Sum(even + odd) + DotScalar(w[(int)i..], x[(int)i..]);
    }

    /// <summary>The definition, against which the other is tested.</summary>
    public static float DotScalar(ReadOnlySpan<Half> w, ReadOnlySpan<float> x)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += (float)w[i] * x[i];
        return sum;
    }

    public static void Widen(ReadOnlySpan<Half> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = (float)from[i];
    }

    /// <summary>
    /// Eight halves, each the low 16 bits of a lane, to f32. Exact for every bit pattern.
    /// .NET has no portable vector conversion from Half; this moves the bits and rebases the exponent.
    /// </summary>
    internal static Vector256<float> Widen(Vector256<uint> half)
    {
        var sign = (half & Vector256.Create(0x8000u)) << 16;
        var magnitude = (half & Vector256.Create(0x7FFFu)) << 13;                       // exponent and fraction where f32 has them
        var normal = magnitude + Vector256.Create(112u << 23);                          // bias 15 -> 127

        // A subnormal is fraction * 2^-24: put the fraction behind 2^-14 and take 2^-14 away again. No f32 subnormal arises, so no slow path.
        var two14 = Vector256.Create(113u << 23);
        var subnormal = (magnitude + two14).AsSingle() - two14.AsSingle();
        var isSubnormal = Vector256.LessThan(magnitude, Vector256.Create(0x0400u << 13));
        var isSpecial = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x7C00u << 13));

        var finite = Vector256.ConditionalSelect(isSubnormal, subnormal.AsUInt32(), normal);
        return (sign | finite | (isSpecial & Vector256.Create(0x7F800000u))).AsSingle();
    }
}
