namespace Orrery.Tensors.Tests;

/// <summary>Inputs that are the same in every run, and the comparison of a fast kernel with its definition.</summary>
internal static class Numbers
{
    /// <summary>Of the sum of magnitudes that went into a result: what another order of adding f32 numbers may change.</summary>
    public const float SumBudget = 2e-6f;

    /// <summary>Of the value: what another implementation of exp may change.</summary>
    public const float ExpBudget = 4e-6f;

    /// <summary>Lengths around every vector width and unrolling used, and some that fit none.</summary>
    public static TheoryData<int> OddLengths => [1, 2, 3, 7, 8, 9, 15, 16, 17, 23, 24, 31, 32, 33, 63, 64, 65, 100, 172, 255, 257];

    public static float[] Floats(int count, int seed, float scale = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => ((random.NextSingle() * 2) - 1) * scale)];
    }

    public static Half[] Halves(int count, int seed) => Array.ConvertAll(Floats(count, seed), value => (Half)value);

    /// <summary>The upper halves of f32 numbers.</summary>
    public static ushort[] BFloats(int count, int seed) => Array.ConvertAll(Floats(count, seed), value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));

    /// <summary>
    /// How far rounding the activations may move the sum of w[i] * x[i], without the sums' own rounding. To a half: 2^-11 of each product;
    /// to bfloat16: 2^-8. To 8 bits: half a step for each, a step being 1/127 of the largest |x| of the block; a block's scale is a half,
    /// which adds 2^-11 of each rounded product for blocks of 32 (those of 256 keep an f32), and the sum that meets a minimum is a half too.
    /// </summary>
    public static double RoundingBudget(DType type, float[] w, float[] x)
    {
        double products = w.Zip(x, (a, b) => Math.Abs((double)a * b)).Sum();
        if (type.BlockWeights == 1)
            return type == DType.F32 ? 0 : products / (type == DType.F16 ? 2048 : 256);

        double budget = type.BlockWeights == 32 ? products / 2040 : 0;
        for (int first = 0; first < w.Length; first += type.BlockWeights)
        {
            double step = x.AsSpan(first, type.BlockWeights).ToArray().Max(Math.Abs) / 127;
            budget += w.AsSpan(first, type.BlockWeights).ToArray().Sum(weight => Math.Abs(weight) * step / 2 * 1.001);
        }
        return budget + HalfSumBudget(type, w, x);
    }

    /// <summary>Q4_1 and Q5_1 multiply a minimum, about as large as the largest |w|, by a sum that is rounded to a half: 2^-11 of it; its scale was not rounded: 2^-11 again.</summary>
    public static double HalfSumBudget(DType type, float[] w, float[] x)
    {
        if (!type.Name.EndsWith("_1", StringComparison.Ordinal))
            return 0;
        double budget = 0;
        for (int first = 0; first < w.Length; first += type.BlockWeights)
            budget += w.AsSpan(first, type.BlockWeights).ToArray().Max(Math.Abs) * Math.Abs(x.AsSpan(first, type.BlockWeights).ToArray().Sum(Math.Abs)) / 1000;
        return budget;
    }

    public static void AssertClose(float expected, float actual, float budget, string what)
        => Assert.True(MathF.Abs(expected - actual) <= budget, $"{what}: {actual} instead of {expected}, off by {MathF.Abs(expected - actual)}; the budget is {budget}");

    public static void AssertClose(float[] expected, float[] actual, float relativeBudget)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            AssertClose(expected[i], actual[i], relativeBudget * MathF.Max(1e-3f, MathF.Abs(expected[i])), $"[{i}]");
    }
}
