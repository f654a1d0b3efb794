using System.Runtime.InteropServices;

namespace Orrery.Tensors.Tests;

/// <summary>Against rows that llama-quantize made; Data/README.md says of what. A wrong layout loses about as much as there is: 1.</summary>
public sealed class QuantizerTests
{
    private const int Cols = 256;

    private static readonly float[] Weights = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(DataPath("weights.f32"))).ToArray();

    public static TheoryData<string> Types => new(Rows.Types.Where(type => type != DType.F32).Select(type => type.Name));

    /// <summary>The budget is what the type loses of a row, as a share of its root mean square. Measured: up to 0.95 of it, on the row with outliers or the exponential one.</summary>
    [Theory]
    [InlineData("F16", 0.0003)]
    [InlineData("BF16", 0.0021)]
    [InlineData("Q8_0", 0.0105)]
    [InlineData("Q6_K", 0.028)]
    [InlineData("Q5_0", 0.095)]
    [InlineData("Q5_1", 0.057)]
    [InlineData("Q5_K", 0.053)]
    [InlineData("Q4_0", 0.185)]
    [InlineData("Q4_1", 0.12)]
    [InlineData("Q4_K", 0.11)]
    [InlineData("IQ4_NL", 0.15)]
    [InlineData("IQ4_XS", 0.15)]
    [InlineData("MXFP4", 0.165)]
    [InlineData("Q3_K", 0.21)]
    [InlineData("Q2_K", 0.38)]
    public void What_llama_quantize_made_is_what_went_in(string typeName, double budget)
    {
        foreach (var (original, theirs) in TheirRows(Rows.Type(typeName)))
            Assert.InRange(Loss(original, Rows.Widened(Rows.Type(typeName), theirs)), 0, budget);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_made_here_loses_no_more(string typeName)
    {
        var type = Rows.Type(typeName);
        foreach (var (original, theirs) in TheirRows(type))
        {
            double ours = Loss(original, Rows.Widened(type, Rows.Of(type, original)));
            Assert.InRange(ours, 0, 1.05 * Loss(original, Rows.Widened(type, theirs)));
        }
    }

    [Theory]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("Q8_0")]
    [InlineData("Q5_0")]
    [InlineData("Q5_1")]
    [InlineData("Q4_0")]
    [InlineData("Q4_1")]
    public void Types_without_a_search_give_the_same_bytes(string typeName)
    {
        foreach (var (original, theirs) in TheirRows(Rows.Type(typeName)))
            Assert.Equal(theirs, Rows.Of(Rows.Type(typeName), original));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Zeros_and_the_smallest_and_the_largest_numbers_come_back(string typeName)
    {
        var type = Rows.Type(typeName);
        foreach (float size in new[] { 0, float.Epsilon, 1e-40f, 1e-30f, 65504 })
        {
            float[] row = Numbers.Floats(Cols, seed: 1, scale: size);

            float[] back = Rows.Widened(type, Rows.Of(type, row));

            // What is below the halves of scales may become 0, but nothing else.
            Assert.All(row.Zip(back), pair => Assert.InRange(Math.Abs(pair.First - (double)pair.Second), 0, Math.Max(1e-7, 0.6 * size)));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(65600)]
    public void Weights_that_a_type_cannot_hold_are_refused_by_place_and_value(float bad)
    {
        float[] row = new float[Cols];
        row[77] = bad;

        foreach (var type in Rows.Types.Where(type => type != DType.F32 && type != DType.BF16))
        {
            var error = Assert.Throws<ArgumentException>(() => Rows.Of(type, row));
            Assert.StartsWith($"Weight 77 of the row is {bad}; {type} holds what lies within ±65504.", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(bad, Rows.Widened(DType.F32, Rows.Of(DType.F32, row))[77]);
        Assert.Equal(MathF.Round(bad / 512) * 512, Rows.Widened(DType.BF16, Rows.Of(DType.BF16, row))[77]);
    }

    [Theory]
    [InlineData("Q4_K", 255, 144)]
    [InlineData("Q4_K", 256, 143)]
    [InlineData("IQ2_XS", 256, 74)]
    public void Lengths_and_types_that_do_not_fit_are_refused(string type, int weights, int bytes)
        => Assert.Throws<ArgumentException>(() => Quantizer.Quantize(Rows.Type(type), new float[weights], new byte[bytes]));

    private static IEnumerable<(float[] Original, byte[] Theirs)> TheirRows(DType type)
        => Weights.Chunk(Cols).Zip(File.ReadAllBytes(DataPath($"{type}.blocks")).Chunk(Rows.Bytes(type, Cols)));

    private static double Loss(float[] original, float[] back)
        => Math.Sqrt(original.Zip(back, (a, b) => ((double)a - b) * (a - b)).Sum() / original.Sum(a => (double)a * a));

    private static string DataPath(string name) => Repository.File("tests", "Orrery.Tensors.Tests", "Data", name);
}
