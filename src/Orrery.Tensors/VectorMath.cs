using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors;

/// <summary>
/// Functions of eight f32 numbers at once. What comes out for a number does not depend on its lane. After the polynomials of the Cephes
/// library (expf, tanhf): within 2e-7 of the value.
/// </summary>
internal static class VectorMath
{
    private const float Least = -87.33654f;                             // e^x is a subnormal number below
    private const float Most = 88f;                                     // and infinite a little above

    /// <summary>e^x: 0 below -87.3; above 88 as at 88.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        // x = n ln 2 + rest, ln 2 in two parts, so that n times the first is exact.
        var inRange = Vector256.Min(Vector256.Max(x, Vector256.Create(Least)), Vector256.Create(Most));
        var n = Vector256.Round(inRange * Vector256.Create(1.44269504f));
        var rest = Vector256.MultiplyAddEstimate(n, Vector256.Create(-0.693359375f), inRange);
        rest = Vector256.MultiplyAddEstimate(n, Vector256.Create(2.12194440e-4f), rest);

        var power = Vector256.MultiplyAddEstimate(rest, Vector256.Create(1.9875691500e-4f), Vector256.Create(1.3981999507e-3f));
        power = Vector256.MultiplyAddEstimate(power, rest, Vector256.Create(8.3334519073e-3f));
        power = Vector256.MultiplyAddEstimate(power, rest, Vector256.Create(4.1665795894e-2f));
        power = Vector256.MultiplyAddEstimate(power, rest, Vector256.Create(1.6666665459e-1f));
        power = Vector256.MultiplyAddEstimate(power, rest, Vector256.Create(5.0000001201e-1f));
        power = Vector256.MultiplyAddEstimate(power, rest * rest, rest) + Vector256<float>.One;

        // Times 2^n; a NaN stays one.
        var scaled = (power.AsInt32() + (Vector256.ConvertToInt32Native(n) << 23)).AsSingle();
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(Least)), Vector256<float>.Zero, Vector256.ConditionalSelect(Vector256.IsNaN(x), x, scaled));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x)
    {
        // Far from 0 by e^2x; near it that would be the difference of two almost equal numbers.
        var two = Vector256.Create(2f);
        var far = Vector256<float>.One - (two / (Exp(x * two) + Vector256<float>.One));
        var square = x * x;
        var near = Vector256.MultiplyAddEstimate(square, Vector256.Create(-5.70498872745e-3f), Vector256.Create(2.06390887954e-2f));
        near = Vector256.MultiplyAddEstimate(near, square, Vector256.Create(-5.37397155531e-2f));
        near = Vector256.MultiplyAddEstimate(near, square, Vector256.Create(1.33314422036e-1f));
        near = Vector256.MultiplyAddEstimate(near, square, Vector256.Create(-3.33332819422e-1f));
        near = Vector256.MultiplyAddEstimate(near * square, x, x);
        return Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(x), Vector256.Create(0.625f)), near, far);
    }

    /// <summary>
    /// The error function within 1.2e-7 of itself: a fit of erfc by a polynomial in the exponent (Numerical Recipes, 2nd edition, §6.2).
    /// In f64, because that is what it was fitted for.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Erf(Vector256<double> x)
    {
        var one = Vector256<double>.One;
        var t = one / (one + (Vector256.Abs(x) * 0.5));
        var power = Vector256.MultiplyAddEstimate(Vector256.Create(0.17087277), t, Vector256.Create(-0.82215223));
        power = Vector256.MultiplyAddEstimate(power, t, Vector256.Create(1.48851587));
        power = Vector256.MultiplyAddEstimate(power, t, Vector256.Create(-1.13520398));
        power = Vector256.MultiplyAddEstimate(power, t, Vector256.Create(0.27886807));
        power = Vector256.MultiplyAddEstimate(power, t, Vector256.Create(-0.18628806));
        power = Vector256.MultiplyAddEstimate(power, t, Vector256.Create(0.09678418));
        power = Vector256.MultiplyAddEstimate(power, t, Vector256.Create(0.37409196));
        power = Vector256.MultiplyAddEstimate(power, t, Vector256.Create(1.00002368));
        power = Vector256.MultiplyAddEstimate(power, t, Vector256.Create(-1.26551223));
        var tail = t * Vector256.Exp(power - (x * x));
        return Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(x, Vector256<double>.Zero), one - tail, tail - one);
    }
}
