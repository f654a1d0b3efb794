using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>Weights and activations in f32.</summary>
internal readonly struct F32 : IFormat<float, F32.Activation>, IFloats<float>
{
    /// <summary>sum w[i] * x[i]. Adds in another order than <see cref="DotScalar"/>.</summary>
    [MethodImpl(Hot.Loop)]
    public static float Dot(ReadOnlySpan<float> w, ReadOnlySpan<float> x)
    {
        Shapes.CheckSame(x.Length, w.Length, nameof(w));

        // Safety: i + 32, then i + 8, <= x.Length == w.Length at every load.
        ref float pw = ref MemoryMarshal.GetReference(w);
        ref float px = ref MemoryMarshal.GetReference(x);
        nuint i = 0;

        // Four sums, because each addition waits for the one before it in its own sum.
        var (s0, s1, s2, s3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        for (; i + 32 <= (nuint)x.Length; i += 32)
        {
            s0 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref pw, i), Vector256.LoadUnsafe(ref px, i), s0);
            s1 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref pw, i + 8), Vector256.LoadUnsafe(ref px, i + 8), s1);
            s2 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref pw, i + 16), Vector256.LoadUnsafe(ref px, i + 16), s2);
            s3 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref pw, i + 24), Vector256.LoadUnsafe(ref px, i + 24), s3);
        }
        for (; i + 8 <= (nuint)x.Length; i += 8)
            s0 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref pw, i), Vector256.LoadUnsafe(ref px, i), s0);
        return Vector256.Sum(s0 + s1 + (s2 + s3)) + DotScalar(w[(int)i..], x[(int)i..]);
    }

    public static void Multiply(in Product<float, Activation> product) => FloatRows<F32, float, Activation>.Multiply(product);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<float> Sixteen(float* first) => Vector512.Load(first);

    /// <summary>The definition, against which the other is tested.</summary>
    public static float DotScalar(ReadOnlySpan<float> w, ReadOnlySpan<float> x)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += w[i] * x[i];
        return sum;
    }

    public static void Widen(ReadOnlySpan<float> from, Span<float> to) => from.CopyTo(to);

    public static void Quantize(ReadOnlySpan<float> from, Span<float> to) => from.CopyTo(to);

    /// <summary>An activation as it is.</summary>
    public struct Activation : IActivation<Activation>
    {
        public float Value;

        public static int Width => 1;

        public static int Padding => FloatRows.Padding;

        public static void Round(ReadOnlySpan<float> x, Span<Activation> to)
        {
            var floats = MemoryMarshal.Cast<Activation, float>(to);
            x.CopyTo(floats);
            FloatRows.Pad(floats, x.Length);
        }

        public static void Widen(ReadOnlySpan<Activation> from, Span<float> to) => MemoryMarshal.Cast<Activation, float>(from)[..to.Length].CopyTo(to);
    }
}
