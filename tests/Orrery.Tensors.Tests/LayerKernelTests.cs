namespace Orrery.Tensors.Tests;

/// <summary>What happens between the matrices, each fast kernel against its definition.</summary>
public sealed class LayerKernelTests
{
    public static TheoryData<int> OddLengths => Numbers.OddLengths;

    [Theory]
    [MemberData(nameof(OddLengths))]
    public void Rms_norm(int dim)
    {
        float[] x = Numbers.Floats(dim, seed: 1), weight = Numbers.Floats(dim, seed: 2), expected = new float[dim], actual = new float[dim];

        RmsNorm.ApplyScalar(x, weight, 1e-5f, expected);
        RmsNorm.Apply(x, weight, 1e-5f, actual);

        Numbers.AssertClose(expected, actual, Numbers.SumBudget);
    }

    [Theory]
    [MemberData(nameof(OddLengths))]
    public void Softmax_of_ordinary_and_of_huge_numbers(int count)
    {
        foreach (float scale in new[] { 1f, 1e30f })
        {
            float[] expected = Numbers.Floats(count, seed: 1, scale);
            float[] actual = [.. expected];

            Softmax.ApplyScalar(expected);
            Softmax.Apply(actual);

            Numbers.AssertClose(expected, actual, Numbers.ExpBudget);
            Numbers.AssertClose(1, actual.Sum(), 1e-5f, "sum");
        }
    }

    [Fact]
    public void Softmax_gives_nothing_to_minus_infinity()
    {
        float[] x = [.. Enumerable.Repeat(float.NegativeInfinity, 20)];
        x[13] = -5;

        Softmax.Apply(x);

        Assert.Equal(1, x[13]);
        Assert.Equal(1, x.Sum());
    }

    [Theory]
    [MemberData(nameof(OddLengths))]
    public void Addition_is_exact(int dim)
    {
        float[] x = Numbers.Floats(dim, seed: 1), y = Numbers.Floats(dim, seed: 2);
        float[] expected = [.. x.Zip(y, (a, b) => a + b)];

        Elementwise.Add(x, y);

        Assert.Equal(expected, x);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(10, 6)]
    [InlineData(64, 64)]
    [InlineData(80, 20)]
    [InlineData(2, 2)]
    public void Rope(int headDim, int ropeDims)
    {
        float[] expected = Numbers.Floats(3 * headDim, seed: 1), cos = new float[ropeDims], sin = new float[ropeDims];
        float[] actual = [.. expected];
        Tensors.Rope.Angles(17, Frequencies(10_000, ropeDims), 1, cos, sin);

        Tensors.Rope.RotateScalar(expected, headDim, cos, sin);
        Tensors.Rope.Rotate(actual, headDim, cos, sin);

        Numbers.AssertClose(expected, actual, 1e-5f);
    }

    [Fact]
    public void Rope_turns_a_pair_of_neighbours_by_position_times_frequency()
    {
        float[] x = [1, 0, 1, 0], cos = new float[4], sin = new float[4];
        Tensors.Rope.Angles(3, Frequencies(100, 4), 1, cos, sin);

        Tensors.Rope.Rotate(x, 4, cos, sin);

        Numbers.AssertClose([MathF.Cos(3), MathF.Sin(3), MathF.Cos(0.3f), MathF.Sin(0.3f)], x, 1e-6f);
    }

    [Theory]
    [InlineData(8, 1, 8)]
    [InlineData(8, 13, 16)]
    [InlineData(5, 9, 9)]
    [InlineData(17, 40, 41)]
    [InlineData(64, 31, 32)]
    public void Attention_scores_and_mix(int headDim, int positions, int capacity)
    {
        float[] query = Numbers.Floats(headDim, seed: 1), cache = Numbers.Floats(headDim * capacity, seed: 2), weights = Numbers.Floats(positions, seed: 3);
        float[] expectedScores = new float[positions], scores = new float[positions], expectedMix = new float[headDim], mix = new float[headDim];

        Attention.ScoresScalar(query, cache, 0.5f, expectedScores);
        Attention.Scores(query, cache, 0.5f, scores);
        Array.Fill(expectedMix, 2);
        Array.Fill(mix, 2);
        Attention.MixScalar(weights, cache, expectedMix);
        Attention.Mix(weights, cache, mix);

        for (int t = 0; t < positions; t++)
            Numbers.AssertClose(expectedScores[t], scores[t], Numbers.SumBudget * headDim, $"score {t}");
        for (int d = 0; d < headDim; d++)
            Numbers.AssertClose(expectedMix[d], mix[d], Numbers.SumBudget * positions, $"dimension {d}");
    }

    [Fact]
    public void Attention_refuses_a_cache_that_is_too_small()
    {
        Assert.Throws<ArgumentException>(() => Attention.Scores(new float[8], new float[8 * 7], 1, new float[8]));
        Assert.Throws<ArgumentException>(() => Attention.Mix(new float[8], new float[8 * 7], new float[8]));
    }

    private static double[] Frequencies(double frequencyBase, int dims) => [.. Enumerable.Range(0, dims / 2).Select(i => Math.Pow(frequencyBase, -2.0 * i / dims))];
}
