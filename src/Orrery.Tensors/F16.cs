using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Orrery.Tensors;

/// <summary>
/// Kernels over IEEE half-precision weights: 2 bytes per weight, widened exactly to f32. Activations are rounded to halves too,
/// as llama.cpp does, so that greedy texts are the same; sums are f32.
/// </summary>
internal readonly struct F16 : IFormat<Half, F16.Activation>, IFloats<Half>
{
    public const float Most = 65504;
    private const float LeastNormalHalf = 6.103515625e-05f;             // 2^-14

    /// <summary>sum w[i] * x[i]. Adds in another order than <see cref="DotScalar"/>.</summary>
    [MethodImpl(Hot.Loop)]
    public static float Dot(ReadOnlySpan<Half> w, ReadOnlySpan<float> x)
    {
        Shapes.CheckSame(x.Length, w.Length, nameof(w));

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

    public static void Multiply(in Product<Half, Activation> product) => FloatRows<F16, Half, Activation>.Multiply(product);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<float> Sixteen(Half* first) => Widen(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)first)));

    /// <summary>The definition, against which the other is tested.</summary>
    public static float DotScalar(ReadOnlySpan<Half> w, ReadOnlySpan<float> x)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += (float)w[i] * x[i];
        return sum;
    }

    /// <summary>The half nearest to x, of two the even one. Beyond the range of halves x itself, so that nothing becomes infinite.</summary>
    public static float Round(float x) => MathF.Abs(x) <= Most ? (float)(Half)x : x;

    /// <summary>The same without a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Rounded(float x) => Round(Vector256.CreateScalarUnsafe(x)).ToScalar();

    /// <summary><see cref="Round(float)"/> of every element.</summary>
    public static void Round(ReadOnlySpan<float> x, Span<float> rounded)
    {
        Shapes.CheckSame(x.Length, rounded.Length, nameof(rounded));

        // Safety: i + 8 <= x.Length == rounded.Length.
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float py = ref MemoryMarshal.GetReference(rounded);
        nuint i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 <= (nuint)x.Length; i += 8)
                Round(Vector256.LoadUnsafe(ref px, i)).StoreUnsafe(ref py, i);
        }
        for (int rest = (int)i; rest < x.Length; rest++)
            rounded[rest] = Round(x[rest]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Round(Vector256<float> x)
    {
        // A normal half keeps 10 of 23 fraction bits: add just under half of the last kept bit, or exactly half where that bit is odd, and cut.
        var bits = x.AsUInt32();
        var odd = (bits >>> 13) & Vector256<uint>.One;
        var normal = (bits + odd + Vector256.Create(0x0FFFu)) & Vector256.Create(0xFFFFE000u);

        // A subnormal one is a multiple of 2^-24, the last bit of f32 numbers from 0.5 up: adding 0.5 rounds, and taking it away is exact.
        var magnitude = Vector256.Abs(x);
        var half = Vector256.Create(0.5f);
        var subnormal = (magnitude + half - half).AsUInt32() | (bits & Vector256.Create(0x80000000u));

        var small = Vector256.LessThan(magnitude, Vector256.Create(LeastNormalHalf)).AsUInt32();
        var inRange = Vector256.LessThanOrEqual(magnitude, Vector256.Create(Most)).AsUInt32();
        return Vector256.ConditionalSelect(inRange, Vector256.ConditionalSelect(small, subnormal, normal), bits).AsSingle();
    }

    public static void Widen(ReadOnlySpan<Half> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = (float)from[i];
    }

    /// <summary>The nearest halves, of two the even one.</summary>
    public static void Quantize(ReadOnlySpan<float> from, Span<Half> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = (Half)from[i];
    }

    /// <summary>The conversion of .NET, which is a call and takes as long as a block's products; here it is a few instructions in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Widen(Half half)
    {
        uint bits = BitConverter.HalfToUInt16Bits(half);
        uint magnitude = (bits & 0x7FFF) << 13;                         // exponent and fraction where f32 has them: the exponent is too small by 112
        uint finite = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(magnitude) * 5.192296858534828e33f);
        if (magnitude >= 0x7C00u << 13)
            finite |= 0x7F800000;                                       // infinity and NaN
        return BitConverter.UInt32BitsToSingle(finite | ((bits & 0x8000) << 16));
    }

    /// <summary>
    /// Eight halves, each the low 16 bits of a lane, to f32. Exact for every bit pattern.
    /// .NET has no portable vector conversion from Half; this moves the bits and rebases the exponent.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>Sixteen halves, as above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Widen(Vector512<uint> half)
    {
        // Exponent and fraction where f32 has them, the sign at the top; the exponent is too small by 112.
        var magnitude = (half & Vector512.Create(0x7FFFu)) << 13;
        var finite = magnitude.AsSingle() * Vector512.Create(5.192296858534828e33f);
        var special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x7C00u << 13)) & Vector512.Create(0x7F800000u);
        return (((half & Vector512.Create(0x8000u)) << 16) | finite.AsUInt32() | special).AsSingle();
    }

    /// <summary>Sixteen halves that were widened as whole numbers with a sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Widen(Vector512<int> half)
    {
        // As above; the sign is in the four highest bits.
        var finite = ((half << 13) & Vector512.Create(unchecked((int)0x8FFFE000))).AsSingle() * Vector512.Create(5.192296858534828e33f);
        var special = Vector512.GreaterThanOrEqual(Vector512.Abs(finite), Vector512.Create(65536f)) & Vector512.Create(float.PositiveInfinity);
        return finite | special;
    }

    /// <summary>An f32 that is a half, or beyond the range of halves.</summary>
    public struct Activation : IActivation<Activation>
    {
        public float Value;

        public static int Width => 1;

        public static int Padding => FloatRows.Padding;

        public static void Round(ReadOnlySpan<float> x, Span<Activation> to)
        {
            var floats = MemoryMarshal.Cast<Activation, float>(to);
            F16.Round(x, floats[..x.Length]);
            FloatRows.Pad(floats, x.Length);
        }

        public static void Widen(ReadOnlySpan<Activation> from, Span<float> to) => MemoryMarshal.Cast<Activation, float>(from)[..to.Length].CopyTo(to);
    }
}
