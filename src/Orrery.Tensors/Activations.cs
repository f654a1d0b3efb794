using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>Activations of gated feed-forward parts (arXiv 2002.05202): gate and up are [dim], the result stands in gate.</summary>
public static class Activations
{
    /// <summary>gate[i] = silu(gate[i]) * up[i], with silu(z) = z / (1 + exp(-z)).</summary>
    public static void SiluMul(Span<float> gate, ReadOnlySpan<float> up) => EachLane.Apply<Silu>(gate, up);

    /// <summary>gate[i] = gelu(gate[i]) * up[i], with gelu(z) = z/2 (1 + tanh(sqrt(2/π) (z + 0.044715 z³))) (arXiv 1606.08415).</summary>
    public static void GeluTanhMul(Span<float> gate, ReadOnlySpan<float> up) => EachLane.Apply<GeluTanh>(gate, up);

    /// <summary>gate[i] = gelu(gate[i]) * up[i], with gelu(z) = z/2 (1 + erf(z / sqrt 2)).</summary>
    public static void GeluMul(Span<float> gate, ReadOnlySpan<float> up) => EachLane.Apply<ExactGeluMul>(gate, up);

    /// <summary>gate[i] = g sigmoid(1.702 g) (u + 1), where g is gate[i] kept below limit and u is up[i] kept between -limit and limit (arXiv 2508.10925).</summary>
    public static void ClampedSwiglu(Span<float> gate, ReadOnlySpan<float> up, float limit) => EachLane.Apply<Swiglu>(gate, up, limit);

    /// <summary>x[i] = gelu(x[i]), exact.</summary>
    public static void Gelu(Span<float> x) => EachLane.Apply<ExactGelu>(x, x);

    private readonly struct Silu : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a) => x / (Vector256<float>.One + VectorMath.Exp(-x)) * y;
    }

    private readonly struct GeluTanh : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a)
        {
            var (one, half) = (Vector256<float>.One, Vector256.Create(0.5f));
            return half * x * (one + VectorMath.Tanh((x + (x * x * x * 0.044715f)) * 0.7978845608f)) * y;
        }
    }

    private readonly struct ExactGelu : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a)
        {
            var (low, high) = Vector256.Widen(x);
            return Vector256.Narrow(Gelu(low), Gelu(high));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<double> Gelu(Vector256<double> z) => z * 0.5 * (Vector256<double>.One + VectorMath.Erf(z * 0.70710678118654752));
    }

    private readonly struct ExactGeluMul : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a) => ExactGelu.Of(x, x, a) * y;
    }

    private readonly struct Swiglu : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a)
        {
            var (least, most) = (Vector256.Create(-a), Vector256.Create(a));
            var g = Vector256.Min(x, most);
            var u = Vector256.Min(Vector256.Max(y, least), most);
            return g / (Vector256<float>.One + VectorMath.Exp(g * -1.702f)) * (u + Vector256<float>.One);
        }
    }
}
