using System.Runtime.Intrinsics;
using Orrery.Tensors.Blocks;

namespace Orrery.Tensors.Tests;

/// <summary>Each fast product against its definition.</summary>
public sealed class DotTests
{
    public static TheoryData<int> OddLengths => Numbers.OddLengths;

    public static TheoryData<string, int> Blocks
        => new(from type in Rows.Types where type.BlockWeights > 1 from blocks in new[] { 1, 2, 3, 4, 5, 17 } select (type.Name, blocks));

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
    [MemberData(nameof(OddLengths))]
    public void BF16(int cols)
    {
        ushort[] w = Numbers.BFloats(cols, seed: 1);
        float[] x = Numbers.Floats(cols, seed: 2);

        AssertSame(Tensors.BF16.DotScalar(w, x), Tensors.BF16.Dot(w, x), Array.ConvertAll(w, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)), x);
    }

    // Any bytes that a file may hold, against the definition of the layout.
    [Theory]
    [MemberData(nameof(Blocks))]
    public void Blocks_of_8_bits_and_fewer(string typeName, int blocks)
    {
        var type = Rows.Type(typeName);
        int cols = blocks * type.BlockWeights;
        for (int seed = 0; seed < 20; seed++)
        {
            byte[] row = Rows.ByChance(type, cols, seed);
            float[] w = Rows.Widened(type, row), x = Numbers.Floats(cols, seed + 100), y = new float[1];
            var (matrix, keep) = Rows.Matrix(type, 1, cols, row);

            matrix.Multiply(x, y);

            // Scales of both signs make large terms that cancel: the budget is of the largest weight of each block.
            double magnitude = 0;
            for (int first = 0; first < cols; first += type.BlockWeights)
                magnitude += w.AsSpan(first, type.BlockWeights).ToArray().Max(MathF.Abs) * (double)type.BlockWeights;
            double expected = type.Kernel!.Define(row, x);
            double budget = (Numbers.SumBudget * magnitude) + Numbers.HalfSumBudget(type, w, x);
            Assert.InRange(y[0], expected - budget, expected + budget);
            GC.KeepAlive(keep);
        }
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
    public void The_largest_products_do_not_overflow()
    {
        var w = Vector256.Create(sbyte.MinValue);
        var x = Vector256.Create((sbyte)-127);

        Assert.Equal(32 * 128 * 127, Vector256.Sum(Int8.Dot(w, x)));
        Assert.Equal(32 * 128 * 127, Vector256.Sum(Int8.DotPlain(w, x)));
        Assert.Equal(32 * 128 * 127 * -3, Vector256.Sum(Int8.Dot(w, x, Vector256.Create((short)-3))));
        Assert.Equal(32 * 128 * 127 * -3, Vector256.Sum(Int8.DotPlain(w, x, Vector256.Create((short)-3))));
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
    public void Every_single_half_is_widened_exactly()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (Half.IsNaN(half))
                Assert.True(float.IsNaN(Tensors.F16.Widen(half)));
            else
                Assert.Equal(BitConverter.SingleToInt32Bits((float)half), BitConverter.SingleToInt32Bits(Tensors.F16.Widen(half)));
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
