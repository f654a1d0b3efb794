using System.Runtime.CompilerServices;

namespace Orrery.Tensors.Tests;

public sealed unsafe class MatrixTests
{
    // Rows around the four at once, columns around the chunks of 4096 that F16 and Q8_0 take.
    public static TheoryData<string, int, int> Shapes =>
        new(from type in new[] { "F32", "F16", "BF16", "Q8_0", "Q4_0" }
            from rows in new[] { 1, 3, 4, 5, 9 }
            from cols in type.StartsWith('Q') ? new[] { 32, 96, 4096, 4128 } : new[] { 1, 7, 64, 172, 4097 }
            select (type, rows, cols));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_that_of_its_widened_rows(string typeName, int rows, int cols)
    {
        var type = DType.All.Single(type => type.Name == typeName);
        var (matrix, keep) = Make(type, rows, cols);
        float[] x = Numbers.Floats(cols, seed: 5), y = new float[rows], row = new float[cols];

        matrix.Multiply(x, y);

        for (int r = 0; r < rows; r++)
        {
            matrix.CopyRow(r, row);
            double expected = row.Zip(x, (a, b) => (double)a * b).Sum();
            double magnitude = row.Zip(x, (a, b) => Math.Abs((double)a * b)).Sum();

            // Rounding an activation to 8 bits is off by up to 1/254 of the largest of its block; rounding to a half by 2^-11 of itself, to bfloat16 by 2^-8.
            double rounding = typeName switch { "F32" => 0, "F16" => magnitude / 2048, "BF16" => magnitude / 256, _ => row.Sum(MathF.Abs) / 200 };
            Assert.InRange(y[r], expected - (Numbers.SumBudget * magnitude) - rounding, expected + (Numbers.SumBudget * magnitude) + rounding);
        }
        GC.KeepAlive(keep);
    }

    [Fact]
    public void Row_ranges_give_the_same_numbers()
    {
        var (matrix, keep) = Make(DType.Q8, 9, 64);
        float[] x = Numbers.Floats(64, seed: 5), whole = new float[9], parts = new float[9];

        matrix.Multiply(x, whole);
        matrix.RowRange(0, 2).Multiply(x, parts.AsSpan(0, 2));
        matrix.RowRange(2, 7).Multiply(x, parts.AsSpan(2, 7));

        Assert.Equal(whole, parts);
        GC.KeepAlive(keep);
    }

    [Theory]
    [InlineData("F32", 2, 3, 23)]
    [InlineData("Q8_0", 2, 33, 68)]
    [InlineData("Q4_1", 2, 32, 40)]
    [InlineData("F32", 0, 3, 0)]
    [InlineData("F32", 1 << 20, 1 << 20, 1L << 42)]
    public void Shapes_that_do_not_fit_are_refused(string type, int rows, int cols, long bytes)
        => Assert.Throws<ArgumentException>(() => new Matrix(DType.All.Single(t => t.Name == type), rows, cols, 0, bytes));

    [Fact]
    public void Vectors_of_wrong_length_are_refused_before_memory_is_touched()
    {
        var matrix = new Matrix(DType.F32, 4, 8, address: 0, bytes: 128);

        Assert.Throws<ArgumentException>(() => matrix.Multiply(new float[9], new float[4]));
        Assert.Throws<ArgumentException>(() => matrix.Multiply(new float[8], new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.CopyRow(4, new float[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.CopyRow(-1, new float[8]));
    }

    // The array is pinned: its address stays good as long as it is kept alive.
    private static (Matrix Matrix, Array Keep) Make(DType type, int rows, int cols)
    {
        int blocks = rows * cols / type.BlockWeights;
        return type.Name switch
        {
            "F32" => Of(Numbers.Floats(blocks, seed: 4)),
            "F16" => Of(Numbers.Halves(blocks, seed: 4)),
            "BF16" => Of(Numbers.BFloats(blocks, seed: 4)),
            "Q4_0" => Of(Numbers.SmallBlocks(blocks, seed: 4)),
            _ => Of(Numbers.Blocks(blocks, seed: 4)),
        };

        (Matrix, Array) Of<T>(T[] values)
            where T : unmanaged
        {
            var pinned = GC.AllocateArray<T>(values.Length, pinned: true);
            values.CopyTo(pinned, 0);
            return (new Matrix(type, rows, cols, (nint)Unsafe.AsPointer(ref pinned[0]), (long)values.Length * sizeof(T)), pinned);
        }
    }
}
