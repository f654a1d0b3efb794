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
    public void Silu_times_up(int dim)
    {
        float[] expected = Numbers.Floats(dim, seed: 1, scale: 30), up = Numbers.Floats(dim, seed: 2);
        float[] actual = [.. expected];

        Elementwise.SiluMulScalar(expected, up);
        Elementwise.SiluMul(actual, up);

        Numbers.AssertClose(expected, actual, Numbers.ExpBudget);
    }

    [Theory]
    [MemberData(nameof(OddLengths))]
    public void Addition_is_exact(int dim)
    {
        float[] expected = Numbers.Floats(dim, seed: 1), y = Numbers.Floats(dim, seed: 2);
        float[] actual = [.. expected];

        Elementwise.AddScalar(expected, y);
        Elementwise.Add(actual, y);

        Assert.Equal(expected, actual);
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

    [Fact]
    public void A_sink_takes_its_share_of_the_softmax_and_gives_nothing()
    {
        float[] with = [1, 2, 3, 0.5f], without = [1, 2, 3];

        Softmax.ApplyScalar(with);
        Softmax.ApplyWithSink(without, 0.5f);

        Numbers.AssertClose(with[..3], without, 1e-6f);
    }

    [Fact]
    public void A_soft_cap_is_the_tangent_of_its_share()
    {
        float[] x = [0, 0.1f, -30, 1000];

        Elementwise.SoftCap(x, 30);

        Numbers.AssertClose([0, 0.1f, -30 * MathF.Tanh(1), 30], x, 1e-4f);
    }

    /// <summary>Values from the definitions in double precision.</summary>
    [Theory]
    [InlineData(-8f, -4.97e-15, -0.0)]
    [InlineData(-1f, -0.15865525393145707, -0.15880800939172324)]
    [InlineData(0f, 0, 0)]
    [InlineData(0.5f, 0.34573123063700656, 0.34571400982514394)]
    [InlineData(3f, 2.99595030590511, 2.99636260973061)]
    public void Gelu(float z, double exact, double approximation)
    {
        float[] gate = [z], tangent = [z];

        Activations.GeluMul(gate, [2]);
        Activations.GeluTanhMul(tangent, [2]);

        Assert.Equal(2 * exact, gate[0], 2e-6);
        Assert.Equal(2 * approximation, tangent[0], 2e-6);
    }

    [Fact]
    public void Clamped_swiglu_keeps_both_sides_below_its_limit()
    {
        float[] gate = [9, -9, 1], up = [-8, 8, 0.5f];

        Activations.ClampedSwiglu(gate, up, 7);

        static double Of(double g, double u) => g / (1 + Math.Exp(-1.702 * g)) * (u + 1);
        Numbers.AssertClose([(float)Of(7, -7), (float)Of(-9, 7), (float)Of(1, 0.5)], gate, 1e-5f);
    }

    private static double[] Frequencies(double frequencyBase, int dims) => [.. Enumerable.Range(0, dims / 2).Select(i => Math.Pow(frequencyBase, -2.0 * i / dims))];
}
