using Orrery.Tensors.Blocks;

namespace Orrery.Tensors.Tests;

/// <summary>How activations are rounded before they meet F16 and Q8_0 weights. Exact: other rounding gives other tokens.</summary>
public sealed class RoundingTests
{
    [Fact]
    public void To_halves_every_kind_of_number_is_rounded_like_the_definition()
    {
        var random = new Random(1);
        var x = Enumerable.Range(0, 100_000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)))
            .Concat(Numbers.Floats(10_000, seed: 2, scale: 1e-4f))
            .Concat([0, -0f, 65504, 65519, 65520, 1e30f, float.Epsilon, 6.1e-5f, 2.9802322e-8f, 1.00048828125f, 1.00146484375f, float.PositiveInfinity])
            .Where(value => !float.IsNaN(value)).ToArray();
        var rounded = new float[x.Length];

        F16.Round(x, rounded);

        for (int i = 0; i < x.Length; i++)
            Assert.Equal(BitConverter.SingleToInt32Bits(F16.Round(x[i])), BitConverter.SingleToInt32Bits(rounded[i]));
    }

    [Fact]
    public void Beyond_the_range_of_halves_a_number_stays_as_it_is() => Assert.Equal(1e6f, F16.Round(1e6f));

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1f)]
    [InlineData(1e5f)]
    [InlineData(1e9f)]
    public void To_eight_bits_both_kernels_agree(float scale)
    {
        float[] x = Numbers.Floats(32 * 5, seed: 3, scale);
        x.AsSpan(32, 32).Clear();
        ActivationQ8[] fast = new ActivationQ8[2], plain = new ActivationQ8[2];

        ActivationQ8.Round(x, fast);
        ActivationQ8.RoundScalar(x, plain);

        for (int b = 0; b < 2; b++)
        {
            Assert.Equal(((ReadOnlySpan<float>)plain[b].Scales).ToArray(), ((ReadOnlySpan<float>)fast[b].Scales).ToArray());
            Assert.Equal(((ReadOnlySpan<float>)plain[b].Sums).ToArray(), ((ReadOnlySpan<float>)fast[b].Sums).ToArray());
            Assert.Equal(((ReadOnlySpan<int>)plain[b].Totals).ToArray(), ((ReadOnlySpan<int>)fast[b].Totals).ToArray());
            Assert.Equal(((ReadOnlySpan<sbyte>)plain[b].Quants).ToArray(), ((ReadOnlySpan<sbyte>)fast[b].Quants).ToArray());
        }
    }

    [Fact]
    public void To_eight_bits_the_largest_becomes_127()
    {
        float[] x = new float[32];
        (x[4], x[9]) = (-2, 1);
        var block = new ActivationQ8[1];

        ActivationQ8.Round(x, block);

        Assert.Equal((-127, 64, 0), ((int)block[0].Quants[4], (int)block[0].Quants[9], (int)block[0].Quants[0]));
        Assert.Equal((float)(Half)(2f / 127), block[0].Scales[0]);
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1f)]
    [InlineData(1e9f)]
    public void To_eight_bits_in_blocks_of_256_both_kernels_agree(float scale)
    {
        float[] x = Numbers.Floats(256 * 5, seed: 3, scale);
        x.AsSpan(256, 256).Clear();
        (x[600], x[700]) = (-2 * scale, 2 * scale);
        ActivationQ8K[] fast = new ActivationQ8K[5], plain = new ActivationQ8K[5];

        ActivationQ8K.Round(x, fast);
        ActivationQ8K.RoundScalar(x, plain);

        for (int b = 0; b < 5; b++)
        {
            Assert.Equal(plain[b].Scale, fast[b].Scale);
            Assert.Equal(((ReadOnlySpan<sbyte>)plain[b].Quants).ToArray(), ((ReadOnlySpan<sbyte>)fast[b].Quants).ToArray());
            Assert.Equal(((ReadOnlySpan<short>)plain[b].Sums).ToArray(), ((ReadOnlySpan<short>)fast[b].Sums).ToArray());
        }
    }

    [Fact]
    public void In_blocks_of_256_the_farthest_becomes_minus_127_and_of_two_the_first()
    {
        float[] x = new float[256];
        (x[4], x[9], x[200]) = (2, -2, 1);
        var block = new ActivationQ8K[1];

        ActivationQ8K.Round(x, block);

        Assert.Equal((-127, 127, -64), ((int)block[0].Quants[4], (int)block[0].Quants[9], (int)block[0].Quants[200]));
        Assert.Equal((-127 + 127, -64), (block[0].Sums[0], block[0].Sums[12]));
        Assert.Equal(1 / (-127 / 2f), block[0].Scale);
    }
}
