namespace Orrery.Tensors;

/// <summary>Activations of gated feed-forward parts (arXiv 2002.05202): gate and up are [dim], the result stands in gate.</summary>
public static class Activations
{
    private const float RootTwoOverPi = 0.7978845608f;

    private static ReadOnlySpan<double> ErfcFit =>
        [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];

    /// <summary>gate[i] = gelu(gate[i]) * up[i], with gelu(z) = z/2 (1 + tanh(sqrt(2/π) (z + 0.044715 z³))) (arXiv 1606.08415).</summary>
    public static void GeluTanhMul(Span<float> gate, ReadOnlySpan<float> up)
    {
        Shapes.CheckSame(gate.Length, up.Length, nameof(up));
        for (int i = 0; i < gate.Length; i++)
            gate[i] = GeluTanh(gate[i]) * up[i];
    }

    /// <summary>gate[i] = gelu(gate[i]) * up[i], with gelu(z) = z/2 (1 + erf(z / sqrt 2)).</summary>
    public static void GeluMul(Span<float> gate, ReadOnlySpan<float> up)
    {
        Shapes.CheckSame(gate.Length, up.Length, nameof(up));
        for (int i = 0; i < gate.Length; i++)
            gate[i] = Gelu(gate[i]) * up[i];
    }

    /// <summary>gate[i] = g sigmoid(1.702 g) (u + 1), where g is gate[i] kept below limit and u is up[i] kept between -limit and limit (arXiv 2508.10925).</summary>
    public static void ClampedSwiglu(Span<float> gate, ReadOnlySpan<float> up, float limit)
    {
        Shapes.CheckSame(gate.Length, up.Length, nameof(up));
        for (int i = 0; i < gate.Length; i++)
        {
            float g = MathF.Min(gate[i], limit), u = Math.Clamp(up[i], -limit, limit);
            gate[i] = g / (1 + MathF.Exp(-1.702f * g)) * (u + 1);
        }
    }

    /// <summary>x[i] = gelu(x[i]), exact.</summary>
    public static void Gelu(Span<float> x)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] = Gelu(x[i]);
    }

    private static float GeluTanh(float z) => 0.5f * z * (1 + MathF.Tanh(RootTwoOverPi * (z + (0.044715f * z * z * z))));

    private static float Gelu(float z) => (float)(0.5 * z * (1 + Erf(z * 0.70710678118654752)));

    /// <summary>
    /// The error function within 1.2e-7 of itself: a fit of erfc by a polynomial in the exponent (Numerical Recipes, 2nd edition, §6.2).
    /// </summary>
    private static double Erf(double x)
    {
        double t = 1 / (1 + (0.5 * Math.Abs(x)));
        double power = 0;
        for (int i = ErfcFit.Length - 1; i >= 0; i--)
            power = (power * t) + ErfcFit[i];
        double tail = t * Math.Exp(power - (x * x));
        return x >= 0 ? 1 - tail : tail - 1;
    }
}
