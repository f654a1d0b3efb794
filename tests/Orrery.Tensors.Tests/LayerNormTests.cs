namespace Orrery.Tensors.Tests;

public sealed class LayerNormTests
{
    private const float Epsilon = 1e-5f;

    public static TheoryData<int> OddLengths => Numbers.OddLengths;

    [Theory]
    [MemberData(nameof(OddLengths))]
    public void It_is_its_definition(int dim)
    {
        var (x, weight, bias) = Inputs(dim);
        float[] actual = new float[dim];

        LayerNorm.Apply(x, weight, bias, Epsilon, actual);

        AssertClose(Definition(x, weight, bias), actual);
        LayerNorm.ApplyScalar(x, weight, bias, Epsilon, actual);
        AssertClose(Definition(x, weight, bias), actual);
    }

    [Theory]
    [MemberData(nameof(OddLengths))]
    public void It_may_overwrite_its_input(int dim)
    {
        var (x, weight, bias) = Inputs(dim);
        float[] expected = new float[dim];
        LayerNorm.Apply(x, weight, bias, Epsilon, expected);

        LayerNorm.Apply(x, weight, bias, Epsilon, x);

        Assert.Equal(expected, x);
    }

    [Fact]
    public void Lengths_that_differ_are_refused()
    {
        float[] eight = new float[8], nine = new float[9];

        Assert.Throws<ArgumentException>(() => LayerNorm.Apply(eight, nine, eight, Epsilon, eight));
        Assert.Throws<ArgumentException>(() => LayerNorm.Apply(eight, eight, nine, Epsilon, eight));
        Assert.Throws<ArgumentException>(() => LayerNorm.Apply(eight, eight, eight, Epsilon, nine));
    }

    // Far from 0, where a variance from sums of squares would be off.
    private static (float[] X, float[] Weight, float[] Bias) Inputs(int dim)
        => ([.. Numbers.Floats(dim, seed: 1).Select(value => value + 30)], Numbers.Floats(dim, seed: 2), Numbers.Floats(dim, seed: 3));

    private static float[] Definition(float[] x, float[] weight, float[] bias)
    {
        double mean = x.Average(value => (double)value);
        double variance = x.Average(value => (value - mean) * (value - mean));
        return [.. x.Select((value, i) => (float)(((value - mean) / Math.Sqrt(variance + Epsilon) * weight[i]) + bias[i]))];
    }

    // The mean of numbers near 30 is known to 30 * 2^-23 or so, which the division by the deviation makes a little larger.
    private static void AssertClose(float[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Numbers.AssertClose(expected[i], actual[i], 1e-4f, $"[{i}]");
    }
}
