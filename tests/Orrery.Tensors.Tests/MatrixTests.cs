using System.Runtime.CompilerServices;

namespace Orrery.Tensors.Tests;

public sealed class MatrixTests
{
    // Columns: one to five blocks, or around the vectors, where a weight is a block.
    public static TheoryData<string, int, int> Shapes =>
        new(from type in Rows.Types
            from rows in new[] { 1, 3, 7 }
            from cols in type.BlockWeights == 1 ? [1, 7, 64, 172, 4097] : Enumerable.Range(1, 5).Select(blocks => blocks * type.BlockWeights)
            select (type.Name, rows, cols));

    public static TheoryData<string> Types => new(Rows.Types.Select(type => type.Name));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_that_of_its_widened_rows(string typeName, int rows, int cols)
    {
        var (matrix, keep) = Rows.Matrix(Rows.Type(typeName), rows, cols, seed: 4);
        float[] x = Numbers.Floats(cols, seed: 5), y = new float[rows], row = new float[cols];

        matrix.Multiply(x, y);

        for (int r = 0; r < rows; r++)
        {
            matrix.CopyRow(r, row);
            double expected = row.Zip(x, (a, b) => (double)a * b).Sum();
            double magnitude = row.Zip(x, (a, b) => Math.Abs((double)a * b)).Sum();
            double budget = (Numbers.SumBudget * magnitude) + Numbers.RoundingBudget(matrix.DType, row, x);
            Assert.InRange(y[r], expected - budget, expected + budget);
        }
        GC.KeepAlive(keep);
    }

    // Blocks: some that are no whole group of those that kernels take at once, and some beside one.
    [Theory]
    [MemberData(nameof(Types))]
    public void Many_rows_of_x_give_the_bits_of_one(string typeName)
    {
        const int Count = 37;
        var type = Rows.Type(typeName);
        foreach (int cols in type.BlockWeights == 1 ? new[] { 75 } : [3 * type.BlockWeights, 9 * type.BlockWeights])
        {
            foreach (int n in new[] { 2, 3, 131 })
            {
                var (matrix, keep) = Rows.Matrix(type, Count, cols, seed: 4);
                float[] x = Numbers.Floats(n * cols, seed: 5), together = new float[n * Count], alone = new float[Count];

                matrix.Multiply(x, together);

                for (int i = 0; i < n; i++)
                {
                    matrix.Multiply(x.AsSpan(i * cols, cols), alone);
                    Assert.Equal(alone, together.AsSpan(i * Count, Count));
                }
                GC.KeepAlive(keep);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Any_few_rows_of_x_give_the_bits_of_one(string typeName)
    {
        var type = Rows.Type(typeName);
        foreach (var (rows, blocks) in new[] { (1, 4), (6, 8), (7, 12), (9, 7) })
        {
            int cols = type.BlockWeights == 1 ? 16 * blocks : blocks * type.BlockWeights;
            var (matrix, keep) = Rows.Matrix(type, rows, cols, seed: 4);
            float[] alone = new float[rows];
            for (int n = 2; n <= 18; n++)
            {
                float[] x = Numbers.Floats(n * cols, seed: n), together = new float[n * rows];
                matrix.Multiply(x, together);
                for (int i = 0; i < n; i++)
                {
                    matrix.Multiply(x.AsSpan(i * cols, cols), alone);
                    Assert.Equal(alone, together.AsSpan(i * rows, rows));
                }
            }
            GC.KeepAlive(keep);
        }
    }

    [Fact]
    public void Row_ranges_fill_one_y()
    {
        var (matrix, keep) = Rows.Matrix(DType.Q8_0, 9, 64, seed: 4);
        float[] x = Numbers.Floats(3 * 64, seed: 5), whole = new float[3 * 9], parts = new float[3 * 9];

        matrix.Multiply(x, whole);
        matrix.RowRange(0, 2).Multiply(x, parts, stride: 9);
        matrix.RowRange(2, 7).Multiply(x, parts.AsSpan(2), stride: 9);

        Assert.Equal(whole, parts);
        GC.KeepAlive(keep);
    }

    [Fact]
    public void A_product_allocates_nothing_once_warm()
    {
        var (matrix, keep) = Rows.Matrix(DType.Q8_0, 4, 4096, seed: 4);
        float[] x = Numbers.Floats(2 * 4096, seed: 5), y = new float[2 * 4];
        matrix.Multiply(x, y);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            matrix.Multiply(x, y);

        // A collection may empty the pool now and then; without a pool it would be 10 KB each time.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        GC.KeepAlive(keep);
    }

    [Fact]
    public void A_matrix_may_have_more_weights_than_a_span_can_hold()
    {
        var matrix = new Matrix(DType.Q8_0, 1 << 20, 1 << 18, address: 0, bytes: (1L << 33) * 34);

        Assert.Equal((1 << 20, 1 << 18), (matrix.Rows, matrix.Cols));
        Assert.Equal(2, matrix.RowRange((1 << 20) - 2, 2).Rows);
    }

    [Fact]
    public unsafe void Its_last_row_is_found()
    {
        const int Last = (1 << 20) - 1, Cols = 1 << 12;
        float[] row = GC.AllocateArray<float>(Cols, pinned: true), copied = new float[Cols], y = new float[1];
        Numbers.Floats(Cols, seed: 1).CopyTo(row, 0);

        // Only the last of 2^32 weights are there, and only they are read.
        var matrix = new Matrix(DType.F32, Last + 1, Cols, (nint)((float*)Unsafe.AsPointer(ref row[0]) - ((long)Last * Cols)), 1L << 34);
        matrix.CopyRow(Last, copied);
        matrix.RowRange(Last, 1).Multiply(row, y);

        Assert.Equal(row, copied);
        Numbers.AssertClose(F32.Dot(row, (ReadOnlySpan<float>)row), y[0], Numbers.SumBudget * Cols, "the last row");
    }

    [Theory]
    [InlineData("F32", 2, 3, 23)]
    [InlineData("Q8_0", 2, 33, 68)]
    [InlineData("I32", 2, 32, 256)]
    [InlineData("F32", 0, 3, 0)]
    [InlineData("F32", 1 << 20, 1 << 20, (1L << 42) + 1)]
    [InlineData("F32", int.MaxValue, int.MaxValue, -8589934588)]
    [InlineData("F32", 1, 1 << 30, 1L << 32)]
    public void Shapes_that_do_not_fit_are_refused(string type, int rows, int cols, long bytes)
        => Assert.Throws<ArgumentException>(() => new Matrix(Rows.Type(type), rows, cols, 0, bytes));

    [Theory]
    [InlineData(9, 4, 4)]
    [InlineData(8, 3, 4)]
    [InlineData(8, 8, 4)]
    [InlineData(16, 4, 4)]
    [InlineData(0, 0, 4)]
    [InlineData(16, 8, 3)]
    [InlineData(16, 8, 5)]
    public void Vectors_of_wrong_length_are_refused_before_memory_is_touched(int x, int y, int stride)
    {
        var matrix = new Matrix(DType.F32, 4, 8, address: 0, bytes: 128);

        Assert.Throws<ArgumentException>(() => matrix.Multiply(new float[x], new float[y], stride));
    }

    [Fact]
    public void Rows_that_are_not_there_are_refused()
    {
        var matrix = new Matrix(DType.F32, 4, 8, address: 0, bytes: 128);

        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.CopyRow(4, new float[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.CopyRow(-1, new float[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.CopyRow(0, new float[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.RowRange(3, 2));
    }
}
