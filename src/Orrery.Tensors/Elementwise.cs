using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

public static class Elementwise
{
    /// <summary>x += y; both [dim].</summary>
    public static void Add(Span<float> x, ReadOnlySpan<float> y) => EachLane.Apply<Sum>(x, y);

    /// <summary>x *= scale.</summary>
    public static void Scale(Span<float> x, float scale) => EachLane.Apply<Product>(x, x, scale);

    /// <summary>x += scale * y; both [dim].</summary>
    public static void AddScaled(Span<float> x, ReadOnlySpan<float> y, float scale) => EachLane.Apply<ScaledSum>(x, y, scale);

    /// <summary>Keeps every x[i] between -limit and limit.</summary>
    public static void Clamp(Span<float> x, float limit) => EachLane.Apply<Clamped>(x, x, limit);

    /// <summary>x[i] = cap * tanh(x[i] / cap): never beyond the cap, and nearly x[i] far below it (arXiv 2408.00118).</summary>
    public static void SoftCap(Span<float> x, float cap) => EachLane.Apply<Capped>(x, x, cap);

    private readonly struct Sum : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a) => x + y;
    }

    private readonly struct Product : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a) => x * a;
    }

    // Product and sum are rounded one after the other, on every processor.
    private readonly struct ScaledSum : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a) => x + (y * a);
    }

    private readonly struct Clamped : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a) => Vector256.Min(Vector256.Max(x, Vector256.Create(-a)), Vector256.Create(a));
    }

    private readonly struct Capped : IEachLane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y, float a) => VectorMath.Tanh(x / a) * a;
    }
}
