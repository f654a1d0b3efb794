using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Tests;

/// <summary>What is done to each element, against the definitions in double precision.</summary>
public sealed class ActivationTests
{
    private delegate void Change(Span<float> x, ReadOnlySpan<float> y);

    private static readonly Dictionary<string, (Change Change, Func<double, double, double> Definition)> Changes = new()
    {
        ["silu"] = (Activations.SiluMul, (z, u) => z / (1 + Math.Exp(-z)) * u),
        ["gelu"] = (Activations.GeluMul, (z, u) => Gelu(z) * u),
        ["gelu alone"] = ((x, _) => Activations.Gelu(x), (z, _) => Gelu(z)),
        ["gelu by tanh"] = (Activations.GeluTanhMul, (z, u) => 0.5 * z * (1 + Math.Tanh(0.7978845608028654 * (z + (0.044715 * z * z * z)))) * u),
        ["clamped swiglu"] = ((x, y) => Activations.ClampedSwiglu(x, y, 7), (g, u) => Math.Min(g, 7) / (1 + Math.Exp(-1.702 * Math.Min(g, 7))) * (Math.Clamp(u, -7, 7) + 1)),
        ["soft cap"] = ((x, _) => Elementwise.SoftCap(x, 3), (z, _) => 3 * Math.Tanh(z / 3)),
        ["clamp"] = ((x, _) => Elementwise.Clamp(x, 3), (z, _) => Math.Clamp(z, -3, 3)),
        ["scale"] = ((x, _) => Elementwise.Scale(x, 3), (z, _) => 3 * z),
        ["scaled sum"] = ((x, y) => Elementwise.AddScaled(x, y, 3), (z, u) => z + (3 * u)),
    };

    public static TheoryData<string> Names => new(Changes.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_as_defined(string name)
    {
        var (change, definition) = Changes[name];
        foreach (float scale in new[] { 0.01f, 1, 12 })
        {
            float[] x = Numbers.Floats(257, seed: 1, scale), y = Numbers.Floats(257, seed: 2, scale);
            double[] expected = [.. x.Zip(y, (a, b) => definition(a, b))];

            change(x, y);

            for (int i = 0; i < x.Length; i++)
                Assert.Equal(expected[i], x[i], 1e-6 * Math.Max(scale, Math.Abs(expected[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Where_an_element_stands_does_not_matter(string name)
    {
        var change = Changes[name].Change;
        float[] x = Numbers.Floats(45, seed: 1, scale: 5), y = Numbers.Floats(45, seed: 2, scale: 5);
        float[] together = [.. x];

        change(together, y);

        for (int i = 0; i < x.Length; i++)
        {
            float[] alone = [x[i]];
            change(alone, [y[i]]);
            Assert.Equal(together[i], alone[0]);
        }
    }

    [Fact]
    public void Lengths_that_differ_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Activations.SiluMul(new float[8], new float[9]));
        Assert.Throws<ArgumentException>(() => Elementwise.Add(new float[9], new float[8]));
    }

    [Fact]
    public void Exponentials_and_tangents_are_close_to_those_of_double_precision()
    {
        for (float x = -100; x <= 88; x += 0.0371f)
        {
            double exp = Math.Exp(x), tanh = Math.Tanh(x / 20);
            Assert.Equal(exp < 1.2e-38 ? 0 : exp, VectorMath.Exp(Vector256.Create(x))[3], 3e-7 * exp);
            Assert.Equal(tanh, VectorMath.Tanh(Vector256.Create(x / 20))[3], 3e-7 * Math.Abs(tanh));
        }
    }

    [Fact]
    public void Exponentials_of_infinities_and_of_no_number()
    {
        Assert.Equal(0, VectorMath.Exp(Vector256.Create(float.NegativeInfinity))[0]);
        Assert.Equal(1, VectorMath.Exp(Vector256<float>.Zero)[0]);
        Assert.InRange(VectorMath.Exp(Vector256.Create(float.PositiveInfinity))[0], 1e38f, float.PositiveInfinity);
        Assert.True(float.IsNaN(VectorMath.Exp(Vector256.Create(float.NaN))[0]));
        Assert.Equal(1, VectorMath.Tanh(Vector256.Create(1000f))[0]);
        Assert.Equal(-1, VectorMath.Tanh(Vector256.Create(-1000f))[0]);
    }

    // By the series around 0, which double precision carries to some 1e-12 up to 5; beyond that nothing is left of the difference to 0 and 1.
    private static double Gelu(double z)
    {
        double x = z / Math.Sqrt(2), term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }
        double erf = Math.Abs(x) > 4.5 ? Math.Sign(x) : 2 / Math.Sqrt(Math.PI) * sum;
        return z / 2 * (1 + erf);
    }
}
