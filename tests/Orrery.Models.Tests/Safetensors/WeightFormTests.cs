using Orrery.Models.Safetensors;

namespace Orrery.Models.Tests.Safetensors;

public sealed class WeightFormTests
{
    private static readonly float[] Fp4 = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0.0f, -0.5f, -1, -1.5f, -2, -3, -4, -6];

    [Fact]
    public void Experts_of_gpt_oss_are_blocks_of_four_bits()
    {
        // Two experts of one row of two blocks, every nibble another than its neighbours.
        byte[] nibbles = [.. Enumerable.Range(0, 64).Select(i => (byte)(((i * 7) + (i / 16)) ^ (i << 3)))];
        byte[] exponents = [127, 128, 126, 120];
        using var folder = new SafetensorsBuilder()
            .Tensor("mlp.experts.up_blocks", "U8", [2, 1, 2, 16], nibbles).Tensor("mlp.experts.up_scales", "U8", [2, 1, 2], exponents)
            .BFloats("mlp.experts.up_bias", [2, 1], 1, 2).Model();
        using var model = SafetensorsModel.Open(folder.Path);
        float[] row = new float[64];

        for (int expert = 0; expert < 2; expert++)
        {
            model.Matrix("mlp.experts.up", 2, 1, 64).CopyRow(expert, row);
            for (int i = 0; i < 64; i++)
            {
                int nibble = (nibbles[(expert * 32) + (i / 2)] >> (i % 2 * 4)) & 0xF;
                Assert.Equal(Fp4[nibble] * MathF.ScaleB(1, exponents[(expert * 2) + (i / 32)] - 127), row[i]);
            }
        }
        Assert.Equal(["mlp.experts.up", "mlp.experts.up_bias"], model.TensorNames.Order());
        Assert.Equal(("MXFP4", 4L * 17, 128L), (model.Find("mlp.experts.up")!.TypeName, model.Find("mlp.experts.up")!.OwnedBytes, model.Find("mlp.experts.up")!.Weights));
    }

    [Fact]
    public void Blocks_without_their_shape_are_refused()
    {
        using var folder = new SafetensorsBuilder().Tensor("up_blocks", "U8", [2, 2, 16], new byte[64]).Tensor("up_scales", "U8", [2, 1], new byte[2]).Model();
        using var model = SafetensorsModel.Open(folder.Path);

        Assert.Contains("tensor 'up' has blocks of U8 [2, 2, 16] and scales of U8 [2, 1]", Assert.Throws<InvalidModelFileException>(() => model.Matrix("up", 2, 64)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BF16")]
    [InlineData("F32")]
    [InlineData("F16")]
    public void Experts_of_gpt_oss_in_plain_floats_lie_the_other_way(string type)
    {
        const string Name = "model.layers.0.mlp.experts.gate_up_proj";
        var builder = type == "BF16"
            ? new SafetensorsBuilder().BFloats(Name, [2, 2, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
            : type == "F32"
                ? new SafetensorsBuilder().Floats(Name, [2, 2, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
                : new SafetensorsBuilder().Tensor(Name, type, [2, 2, 3], [.. Enumerable.Range(1, 12).SelectMany(value => BitConverter.GetBytes((Half)value))]);
        using var folder = builder.Model("""{"model_type": "gpt_oss"}""");
        using var model = SafetensorsModel.Open(folder.Path);
        var matrix = model.Matrix(Name, 2, 3, 2);

        float[][] rows = [.. Enumerable.Range(0, 6).Select(row =>
        {
            float[] values = new float[2];
            matrix.CopyRow(row, values);
            return values;
        })];

        Assert.Equal([[1, 4], [2, 5], [3, 6], [7, 10], [8, 11], [9, 12]], rows);
        Assert.Equal(type, matrix.DType.Name);
        Assert.Equal([2, 3, 2], model.Find(Name)!.Shape);
    }

    public static TheoryData<string, string, SafetensorsBuilderOf> Packed => new()
    {
        { "gptq", "tensor 'q.weight' is packed by gptq as 'q.qweight' of type I32", new(builder => builder
            .Tensor("q.qweight", "I32", [1, 2], new byte[8]).Tensor("q.qzeros", "I32", [1], new byte[4]).Tensor("q.scales", "F16", [1], new byte[2]).Tensor("q.g_idx", "I32", [1], new byte[4])) },
        { "awq", "tensor 'q.weight' is packed by awq as 'q.qweight' of type I32", new(builder => builder
            .Tensor("q.qweight", "I32", [1, 2], new byte[8]).Tensor("q.qzeros", "I32", [1], new byte[4]).Tensor("q.scales", "F16", [1], new byte[2])) },
        { "bitsandbytes", "tensor 'q.weight' is packed by bitsandbytes as 'q.weight' of type U8", new(builder => builder
            .Tensor("q.weight", "U8", [4, 1], new byte[4]).Floats("q.weight.absmax", [1], 1).Tensor("q.weight.quant_state.bitsandbytes__nf4", "U8", [2], new byte[2])) },
        { "bitsandbytes", "tensor 'q.weight' is packed by bitsandbytes as 'q.weight' of type I8", new(builder => builder
            .Tensor("q.weight", "I8", [2, 2], new byte[4]).Floats("q.SCB", [2], 1, 2).Tensor("q.weight_format", "U8", [], new byte[1])) },
        { "compressed-tensors", "tensor 'q.weight' is packed by compressed-tensors as 'q.weight_packed' of type I32", new(builder => builder
            .Tensor("q.weight_packed", "I32", [1, 2], new byte[8]).BFloats("q.weight_scale", [1], 1).Tensor("q.weight_shape", "I64", [2], new byte[16])) },
        { "modelopt", "tensor 'q.weight' is packed by modelopt as 'q.weight' of type U8", new(builder => builder
            .Tensor("q.weight", "U8", [1, 2], new byte[2]).Tensor("q.weight_scale", "F8_E4M3", [1], new byte[1]).Floats("q.weight_scale_2", [], 1).Floats("q.input_scale", [], 1)) },
    };

    [Theory]
    [MemberData(nameof(Packed))]
    public void Packed_weights_are_refused_by_name(string method, string expected, SafetensorsBuilderOf tensors)
    {
        using var folder = tensors.Build(new SafetensorsBuilder()).BFloats("embed.weight", [1, 2], 1, 2)
            .Model($$$"""{"model_type": "llama", "max_position_embeddings": 8, "quantization_config": {"quant_method": "{{{method}}}"}}""");
        using var model = SafetensorsModel.Open(folder.Path);

        var error = Assert.Throws<InvalidModelFileException>(() => model.Matrix("q.weight", 2, 2));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Use the model's files before quantization (F32, F16, BF16 or FP8), or a GGUF file of it.", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidModelFileException>(() => model.Rows("q.weight"));
        Assert.Equal(["embed.weight", "q.weight"], model.TensorNames.Order());
        Assert.Equal(2, model.Matrix("embed.weight", 1, 2).Cols);
        Assert.Null(model.Find("q.weight")!.Type);
    }

    [Fact]
    public void Whole_numbers_are_no_weights()
    {
        using var folder = new SafetensorsBuilder().Tensor("ids", "I64", [1], new byte[8]).Model();
        using var model = SafetensorsModel.Open(folder.Path);

        Assert.Contains("tensor 'ids' has type I64. Use a model with F32, F16, BF16, F8_E4M3 or F8_E5M2 weights.", Assert.Throws<InvalidModelFileException>(() => model.Matrix("ids", 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>What a case puts into the file.</summary>
    public sealed class SafetensorsBuilderOf
    {
        private readonly Func<SafetensorsBuilder, SafetensorsBuilder> _build;

        internal SafetensorsBuilderOf(Func<SafetensorsBuilder, SafetensorsBuilder> build) => _build = build;

        internal SafetensorsBuilder Build(SafetensorsBuilder builder) => _build(builder);
    }
}
