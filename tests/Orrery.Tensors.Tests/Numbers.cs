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

    public static BlockQ8[] Blocks(int count, int seed)
    {
        var random = new Random(seed);
        var blocks = new BlockQ8[count];
        foreach (ref var block in blocks.AsSpan())
        {
            block.Scale = (Half)(random.NextSingle() / 100);
            for (int i = 0; i < BlockQ8.Weights; i++)
                block.Quants[i] = (sbyte)random.Next(-128, 128);
        }
        return blocks;
    }

    /// <summary>The upper halves of f32 numbers.</summary>
    public static ushort[] BFloats(int count, int seed) => Array.ConvertAll(Floats(count, seed), value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));

    public static BlockQ4[] SmallBlocks(int count, int seed)
    {
        var random = new Random(seed);
        var blocks = new BlockQ4[count];
        foreach (ref var block in blocks.AsSpan())
        {
            block.Scale = (Half)(random.NextSingle() / 10);
            for (int i = 0; i < BlockQ4.Weights / 2; i++)
                block.Nibbles[i] = (byte)random.Next(256);
        }
        return blocks;
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
