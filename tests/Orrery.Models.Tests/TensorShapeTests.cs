using Orrery.Models.Gguf;
using Orrery.Models.Tests.Gguf;

namespace Orrery.Models.Tests;

public sealed class TensorShapeTests
{
    [Theory]
    [InlineData(true, new long[] { 64 }, new[] { 64 })]
    [InlineData(true, new long[] { 64 }, new[] { 1, 64 })]
    [InlineData(true, new long[] { 1, 1, 64 }, new[] { 64 })]
    [InlineData(true, new long[] { 1 }, new[] { 1, 1 })]
    [InlineData(true, new long[] { 8, 4, 64 }, new[] { 8, 4, 64 })]
    [InlineData(false, new long[] { 8, 4, 64 }, new[] { 32, 64 })]
    [InlineData(false, new long[] { 64, 1 }, new[] { 64 })]
    [InlineData(false, new long[] { 64 }, new[] { 64, 1 })]
    [InlineData(false, new long[] { 64, 32 }, new[] { 32, 64 })]
    [InlineData(false, new long[] { (1L << 32) + 64 }, new[] { 64 })]
    [InlineData(false, new long[0], new[] { 1 })]
    public void A_shape_fits_when_it_is_the_same_but_for_leading_ones(bool expected, long[] stored, int[] wanted)
        => Assert.Equal(expected, TensorShape.Fits(stored, wanted));

    [Theory]
    [InlineData(1, new[] { 64 })]
    [InlineData(32, new[] { 8, 4, 64 })]
    [InlineData(null, new int[0])]
    [InlineData(null, new[] { 4, 0 })]
    [InlineData(null, new[] { 4, -1, 64 })]
    [InlineData(null, new[] { 1 << 30 })]
    [InlineData(null, new[] { 1 << 20, 1 << 20, 64 })]
    public void Rows_are_all_extents_but_the_last(int? expected, int[] shape) => Assert.Equal(expected, TensorShape.Rows(shape));

    [Fact]
    public void Experts_are_rows_of_one_matrix()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("experts.gguf"), new GgufBuilder().Tensor("e", [32, 3, 2], type: 8, bytes: 6 * 34).File());
        using var file = GgufFile.Open(folder.File("experts.gguf"));

        var matrix = file.Matrix("e", 2, 3, 32);

        Assert.Equal((6, 32), (matrix.Rows, matrix.Cols));
        Assert.True(file.Has("e"));
        Assert.False(file.Has("f"));
    }
}
