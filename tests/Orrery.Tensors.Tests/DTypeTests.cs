namespace Orrery.Tensors.Tests;

public sealed class DTypeTests
{
    [Fact]
    public void Names_and_ids_are_unique()
    {
        Assert.Distinct(DType.All.Select(type => type.Name));
        Assert.Distinct(DType.All.Select(type => type.GgufId));
    }

    [Theory]
    [InlineData(0u, "F32", 1, 4)]
    [InlineData(1u, "F16", 1, 2)]
    [InlineData(2u, "Q4_0", 32, 18)]
    [InlineData(8u, "Q8_0", 32, 34)]
    [InlineData(12u, "Q4_K", 256, 144)]
    [InlineData(30u, "BF16", 1, 2)]
    public void Ids_of_GGUF_are_known(uint id, string name, int blockWeights, int blockBytes)
    {
        Assert.True(DType.TryFromGguf(id, out var type));
        Assert.Equal((name, blockWeights, blockBytes), (type.Name, type.BlockWeights, type.BlockBytes));
    }

    [Theory]
    [InlineData(4u)]
    [InlineData(31u)]
    [InlineData(uint.MaxValue)]
    public void Other_ids_are_not(uint id) => Assert.False(DType.TryFromGguf(id, out _));

    // A kernel whose block had other bytes would widen another number of weights.
    [Fact]
    public void Blocks_have_the_bytes_of_the_file()
        => Assert.All(Rows.Types, type => Assert.Equal(type.BlockBytes, type.Kernel!.BlockBytes));

    [Fact]
    public void These_types_have_kernels() => Assert.Equal("F32 F16 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K IQ4_NL IQ4_XS BF16 MXFP4", string.Join(' ', Rows.Types));
}
