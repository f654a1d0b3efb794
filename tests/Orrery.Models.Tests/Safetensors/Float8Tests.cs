using Orrery.Models.Safetensors;
using Orrery.Tensors;

namespace Orrery.Models.Tests.Safetensors;

/// <summary>Weights of 8 bits become BF16. The codes here: 0x38 is 1, 0x40 is 2, 0x44 is 3, 0xB8 is -1 (E4M3); 0x3C is 1, 0xC0 is -2 (E5M2).</summary>
public sealed class Float8Tests
{
    private const byte One = 0x38, Two = 0x40, Three = 0x44, MinusOne = 0xB8;

    [Theory]
    [InlineData("F8_E4M3", new byte[] { One, Two, Three, MinusOne }, new float[] { 1, 2, 3, -1 })]
    [InlineData("F8_E5M2", new byte[] { 0x3C, 0xC0, 0, 0x01 }, new[] { 1, -2, 0, 1.0f / 65536 })]
    public void Without_scales_they_are_what_they_are(string type, byte[] codes, float[] expected)
    {
        using var folder = new SafetensorsBuilder().Tensor("w.weight", type, [2, 2], codes).Model();

        Assert.Equal(expected, ValuesOf(folder, "w.weight", 2, 2));
    }

    public static TheoryData<string, string, long[], float[], float[]> Scaled => new()
    {
        { "one for all", "weight_scale", [], [2], [2, 4, 6, -2, 4, 6] },
        { "one for all, with an extent", "weight_scale", [1], [2], [2, 4, 6, -2, 4, 6] },
        { "one for all, called inverse", "weight_scale_inv", [1, 1], [2], [2, 4, 6, -2, 4, 6] },
        { "one for each row", "weight_scale", [2], [2, 4], [2, 4, 6, -4, 8, 12] },
        { "one for each row, as a column", "weight_scale", [2, 1], [2, 4], [2, 4, 6, -4, 8, 12] },
    };

    [Theory]
    [MemberData(nameof(Scaled))]
    public void Scales_multiply(string because, string suffix, long[] shape, float[] scales, float[] expected)
    {
        using var folder = new SafetensorsBuilder()
            .Tensor("w.weight", "F8_E4M3", [2, 3], One, Two, Three, MinusOne, Two, Three).Floats("w." + suffix, shape, scales).Model();

        Assert.True(expected.SequenceEqual(ValuesOf(folder, "w.weight", 2, 3)), because);
    }

    [Theory]
    [InlineData("""{"quantization_config": {"quant_method": "fp8", "weight_block_size": [2, 2]}}""", "weight_scale_inv")]
    [InlineData("""{"quantization_config": {"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"block_structure": [2, 2]}}}}}""", "weight_scale")]
    [InlineData("""{"text_config": {"quantization_config": {"quant_method": "fp8", "weight_block_size": [2, 2]}}}""", "weight_scale_inv")]
    public void Blocks_at_the_edges_are_smaller(string config, string suffix)
    {
        using var folder = new SafetensorsBuilder()
            .Tensor("w.weight", "F8_E4M3", [3, 3], One, One, One, One, One, One, One, One, One).BFloats("w." + suffix, [2, 2], 1, 2, 4, 8).Model(config);

        Assert.Equal([1, 1, 2, 1, 1, 2, 4, 4, 8], ValuesOf(folder, "w.weight", 3, 3));
    }

    [Fact]
    public void A_block_is_128_rows_by_128_columns_where_nothing_else_is_said()
    {
        byte[] ones = [.. Enumerable.Repeat(One, 130 * 140)];
        using var folder = new SafetensorsBuilder().Tensor("w.weight", "F8_E4M3", [130, 140], ones).Floats("w.weight_scale_inv", [2, 2], 1, 2, 3, 4).Model();

        float[] values = ValuesOf(folder, "w.weight", 130, 140);

        Assert.Equal([1, 2, 3, 4], new[] { values[(127 * 140) + 127], values[(127 * 140) + 128], values[128 * 140], values[^1] });
    }

    [Fact]
    public void Experts_have_scales_of_their_own()
    {
        using var folder = new SafetensorsBuilder()
            .Tensor("experts.up", "F8_E4M3", [2, 2, 1], One, One, One, One).Floats("experts.up_scale", [2, 2, 1], 1, 2, 3, 4)
            .Tensor("experts.down", "F8_E4M3", [2, 2, 1], One, One, One, One).Floats("experts.down_scale", [2, 1, 1], 5, 6)
            .Tensor("experts.gate", "F8_E4M3", [2, 2, 1], One, One, One, One).Tensor("experts.gate_scale_inv", "F8_E8M0", [2, 1, 1], 128, 126).Model();

        Assert.Equal([1, 2, 3, 4], ValuesOf(folder, "experts.up", 2, 2, 1));
        Assert.Equal([5, 5, 6, 6], ValuesOf(folder, "experts.down", 2, 2, 1));
        Assert.Equal([2, 2, 0.5f, 0.5f], ValuesOf(folder, "experts.gate", 2, 2, 1));
    }

    [Fact]
    public void What_only_describes_weights_is_no_weight()
    {
        using var folder = new SafetensorsBuilder()
            .Tensor("a.q_proj.weight", "F8_E4M3", [1, 2], One, Two).Floats("a.q_proj.weight_scale", [1], 2).Floats("a.q_proj.input_scale", [1], 3)
            .Floats("a.k_proj.k_scale", [1], 4).Floats("a.v_scale", [1], 4).Floats("norm.weight", [1], 5).Model();
        using var model = SafetensorsModel.Open(folder.Path);

        Assert.Equal(["a.q_proj.weight", "norm.weight"], model.TensorNames.Order());
    }

    [Fact]
    public void A_scale_beside_plain_weights_is_a_weight()
    {
        using var folder = new SafetensorsBuilder().Floats("a.weight", [1], 1).Floats("a.weight_scale", [1], 2).Floats("a.k_scale", [1], 2).Model();
        using var model = SafetensorsModel.Open(folder.Path);

        Assert.Equal(["a.k_scale", "a.weight", "a.weight_scale"], model.TensorNames.Order());
    }

    [Theory]
    [InlineData(new long[] { 3 }, "has shape [2, 3] and scales of shape [3]; one scale for all, for each row, or for blocks of [128, 128] is possible")]
    [InlineData(new long[] { 0 }, "scales of shape [0]")]
    [InlineData(new long[] { 1, 2 }, "scales of shape [1, 2]")]
    public void Scales_that_do_not_belong_to_the_weights_are_refused(long[] shape, string expected)
    {
        using var folder = new SafetensorsBuilder()
            .Tensor("w.weight", "F8_E4M3", [2, 3], new byte[6]).Floats("w.weight_scale", shape, new float[shape.Aggregate(1L, (a, b) => a * b)]).Model();
        using var model = SafetensorsModel.Open(folder.Path);

        Assert.Contains(expected, Assert.Throws<InvalidModelFileException>(() => model.Matrix("w.weight", 2, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_memory_is_foreseen_made_once_and_gone_with_the_model()
    {
        using var folder = new SafetensorsBuilder().Tensor("w.weight", "F8_E4M3", [4, 8], new byte[32]).Floats("norm.weight", [1], 5).Model();
        var model = SafetensorsModel.Open(folder.Path);

        var (first, second) = (model.Matrix("w.weight", 4, 8), model.Matrix("w.weight", 4, 8));

        Assert.Equal((64L, 0L), (model.Find("w.weight")!.OwnedBytes, model.Find("norm.weight")!.OwnedBytes));
        Assert.Equal(("F8_E4M3", DType.BF16, DType.BF16), (model.Find("w.weight")!.TypeName, model.Find("w.weight")!.Type, first.DType));
        Assert.Equal(first, second);
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Matrix("w.weight", 4, 8));
    }

    private static float[] ValuesOf(TempFolder folder, string name, params int[] shape)
    {
        using var model = SafetensorsModel.Open(folder.Path);
        var matrix = model.Matrix(name, shape);
        float[] values = new float[matrix.Rows * matrix.Cols];
        for (int row = 0; row < matrix.Rows; row++)
            matrix.CopyRow(row, values.AsSpan(row * matrix.Cols, matrix.Cols));
        Assert.Equal(DType.BF16, matrix.DType);
        return values;
    }
}
