namespace Orrery.Tensors.Tests;

/// <summary>Each fast product against its definition.</summary>
public sealed class DotTests
{
    public static TheoryData<int> OddLengths => Numbers.OddLengths;

    [Theory]
    [MemberData(nameof(OddLengths))]
    public void F32(int cols)
    {
        float[] w = Numbers.Floats(cols, seed: 1), x = Numbers.Floats(cols, seed: 2);

        AssertSame(Tensors.F32.DotScalar(w, x), Tensors.F32.Dot(w, x), w, x);
    }

    [Theory]
    [MemberData(nameof(OddLengths))]
    public void F16(int cols)
    {
        var w = Numbers.Halves(cols, seed: 1);
        float[] x = Numbers.Floats(cols, seed: 2);

        AssertSame(Tensors.F16.DotScalar(w, x), Tensors.F16.Dot(w, x), Array.ConvertAll(w, half => (float)half), x);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    public void Q8(int blocks)
    {
        var w = Numbers.Blocks(blocks, seed: 1);
        var x = new ActivationQ8[blocks];
        Tensors.Q8.RoundScalar(Numbers.Floats(blocks * 32, seed: 2), x);

        float expected = Tensors.Q8.DotScalar(w, x);

        float magnitude = 0;
        for (int b = 0; b < blocks; b++)
            magnitude += (float)w[b].Scale * x[b].Scale * 32 * 128 * 127;
        Numbers.AssertClose(expected, Tensors.Q8.Dot(w, x), Numbers.SumBudget * magnitude, $"{blocks} blocks");
    }

    [Theory]
    [MemberData(nameof(OddLengths))]
    public void BF16(int cols)
    {
        ushort[] w = Numbers.BFloats(cols, seed: 1);
        float[] x = Numbers.Floats(cols, seed: 2);

        AssertSame(Tensors.BF16.DotScalar(w, x), Tensors.BF16.Dot(w, x), Array.ConvertAll(w, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)), x);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    public void Q4(int blocks)
    {
        var w = Numbers.SmallBlocks(blocks, seed: 1);
        var x = new ActivationQ8[blocks];
        Tensors.Q8.RoundScalar(Numbers.Floats(blocks * 32, seed: 2), x);

        float expected = Tensors.Q4.DotScalar(w, x);

        float magnitude = 0;
        for (int b = 0; b < blocks; b++)
            magnitude += (float)w[b].Scale * x[b].Scale * 32 * 8 * 127;
        Numbers.AssertClose(expected, Tensors.Q4.Dot(w, x), Numbers.SumBudget * magnitude, $"{blocks} blocks");
    }

    [Fact]
    public void A_block_of_4_bits_holds_its_first_16_weights_in_the_low_nibbles()
    {
        var block = new BlockQ4 { Scale = (Half)0.5f };
        for (int i = 0; i < 16; i++)
            block.Nibbles[i] = (byte)(i | ((15 - i) << 4));
        float[] weights = new float[32];

        Tensors.Q4.Widen([block], weights);

        Assert.Equal(Enumerable.Range(0, 16).Select(i => (i - 8) / 2f).Concat(Enumerable.Range(0, 16).Select(i => (7 - i) / 2f)), weights);
    }

    [Fact]
    public void Rounding_to_bfloat16_takes_the_nearest_and_of_two_the_even_one()
    {
        float[] x = [1, 1 + 1f / 256, 1 + 3f / 256, 1 + 1.1f / 256, -1 - 1f / 256, float.NaN, float.PositiveInfinity, 0];
        float[] rounded = new float[x.Length];

        Tensors.BF16.Round(x, rounded);

        Assert.Equal([1, 1, 1 + 4f / 256, 1 + 2f / 256, -1, float.NaN, float.PositiveInfinity, 0], rounded);
    }

    [Fact]
    public void The_largest_Q8_products_do_not_overflow()
    {
        var w = Numbers.Blocks(1, seed: 1);
        var x = new ActivationQ8[1];
        x[0].Scale = 1;
        for (int i = 0; i < 32; i++)
            (w[0].Quants[i], x[0].Quants[i]) = (-128, -127);

        Assert.Equal(Tensors.Q8.DotScalar(w, x), Tensors.Q8.Dot(w, x));
    }

    [Fact]
    public void Every_half_is_widened_exactly()
    {
        // A product with 1 in one place and 0 elsewhere is the weight itself; every lane gets every half.
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (!Half.IsFinite(half))
                continue;
            var w = new Half[16];
            var x = new float[16];
            (w[bits % 16], x[bits % 16]) = (half, 1);
            Assert.Equal((float)half, Tensors.F16.Dot(w, x));
        }
    }

    [Fact]
    public void Halves_that_are_not_finite_stay_so()
    {
        var w = Enumerable.Repeat(Half.PositiveInfinity, 8).ToArray();
        Assert.Equal(float.PositiveInfinity, Tensors.F16.Dot(w, Enumerable.Repeat(1f, 8).ToArray()));
        w[3] = Half.NaN;
        Assert.True(float.IsNaN(Tensors.F16.Dot(w, Enumerable.Repeat(1f, 8).ToArray())));
    }

    private static void AssertSame(float expected, float actual, float[] w, float[] x)
        => Numbers.AssertClose(expected, actual, Numbers.SumBudget * w.Zip(x, (a, b) => MathF.Abs(a * b)).Sum(), $"{x.Length} columns");
}
