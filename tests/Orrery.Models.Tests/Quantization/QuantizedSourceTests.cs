using System.Runtime.InteropServices;
using Orrery.Models.Gguf;
using Orrery.Models.Quantization;
using Orrery.Models.Safetensors;
using Orrery.Models.Tests.Safetensors;
using Orrery.Tensors;

namespace Orrery.Models.Tests.Quantization;

public sealed class QuantizedSourceTests
{
    [Fact]
    public void Matrices_are_encoded_as_they_are_loaded_and_the_rest_is_not()
    {
        using var original = ModelSource.Open(Repository.File("tests", "Data", "stories260K", "hf-bf16"));
        using var quantized = QuantizedSource.Of(ModelSource.Open(Repository.File("tests", "Data", "stories260K", "hf-bf16")), DType.Q8_0);
        float[] row = new float[64], decoded = new float[64];
        byte[] encoded = new byte[68];
        const string Name = "model.layers.2.self_attn.q_proj.weight";

        var matrix = quantized.Matrix(Name, 64, 64);

        for (int i = 0; i < 64; i++)
        {
            original.Rows(Name).Copy(i, row);
            Quantizer.Quantize(DType.Q8_0, row, encoded);
            matrix.CopyRow(i, decoded);
            Assert.Equal(Decoded(encoded), decoded);
        }
        Assert.Equal((DType.Q8_0, DType.BF16), (matrix.DType, quantized.Matrix("model.norm.weight", 64).DType));
        Assert.Equal(matrix, quantized.Matrix(Name, 64, 64));
        Assert.Equal((original.Name, original.Architecture, original.FileBytes), (quantized.Name, quantized.Architecture, quantized.FileBytes));
        Assert.IsType<SafetensorsModel>(((IModelSource)quantized).Origin);
    }

    [Fact]
    public void What_it_will_take_is_foreseen()
    {
        using var quantized = QuantizedSource.Of(ModelSource.Open(Repository.File("tests", "Data", "stories260K", "hf-bf16")), DType.Q4_0);

        Assert.Equal((DType.Q4_0, 64L * 36), (quantized.Find("model.layers.0.self_attn.q_proj.weight")!.Type, quantized.Find("model.layers.0.self_attn.q_proj.weight")!.OwnedBytes));
        Assert.Equal((DType.F16, 64L * 344), (quantized.Find("model.layers.0.mlp.down_proj.weight")!.Type, quantized.Find("model.layers.0.mlp.down_proj.weight")!.OwnedBytes));
        Assert.Equal((DType.BF16, 0L), (quantized.Find("model.norm.weight")!.Type, quantized.Find("model.norm.weight")!.OwnedBytes));
        Assert.Equal(DType.F16, quantized.Matrix("model.layers.0.mlp.down_proj.weight", 64, 172).DType);
        Assert.Null(quantized.Find("absent"));
    }

    [Fact]
    public void Eight_bit_floats_are_encoded_without_becoming_BF16_first()
    {
        using var folder = new SafetensorsBuilder().Tensor("w.weight", "F8_E4M3", [2, 32], [.. Enumerable.Repeat((byte)0x38, 64)]).Floats("w.weight_scale", [2], 2, 4).Model();
        using var quantized = QuantizedSource.Of(ModelSource.Open(folder.Path), DType.Q8_0);
        float[] row = new float[32];

        quantized.Matrix("w.weight", 2, 32).CopyRow(1, row);

        Assert.All(row, value => Assert.Equal(4, value, 0.01));
        Assert.Equal(68, quantized.Find("w.weight")!.OwnedBytes);
    }

    [Fact]
    public void A_quantized_model_is_not_quantized_again()
    {
        string path = Repository.File("tests", "Data", "stories260K", "stories260K-Q8_0.gguf");

        var error = Assert.Throws<InvalidModelFileException>(() => QuantizedSource.Of(GgufFile.Open(path), DType.Q4_0));
        using var same = QuantizedSource.Of(GgufFile.Open(path), DType.Q8_0);

        Assert.Contains("has type Q8_0 already", error.Message, StringComparison.Ordinal);
        Assert.Contains("Start from the model's F32, F16 or BF16 files.", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, same.TensorNames.Sum(name => same.Find(name)!.OwnedBytes));
    }

    [Fact]
    public void A_number_that_the_type_cannot_hold_names_tensor_and_row()
    {
        using var folder = new SafetensorsBuilder().Floats("w.weight", [2, 32], [.. Enumerable.Repeat(1f, 63), float.NaN]).Model();
        using var quantized = QuantizedSource.Of(ModelSource.Open(folder.Path), DType.Q8_0);

        var error = Assert.Throws<InvalidModelFileException>(() => quantized.Matrix("w.weight", 2, 32));

        Assert.Contains("tensor 'w.weight' has a row 1 that cannot be encoded (Weight 31 of the row is NaN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_shape_is_named_as_without_quantization()
    {
        using var quantized = QuantizedSource.Of(ModelSource.Open(Repository.File("tests", "Data", "stories260K", "hf-bf16")), DType.Q4_0);

        Assert.Contains("has shape [64, 64]; the config asks for [64, 32]",
            Assert.Throws<InvalidModelFileException>(() => quantized.Matrix("model.layers.0.self_attn.q_proj.weight", 64, 32)).Message, StringComparison.Ordinal);
    }

    private static float[] Decoded(byte[] q8)
    {
        using var memory = new OwnedMemory();
        float[] row = new float[64];
        memory.GetOrAdd("row", DType.Q8_0, 1, 64, to => Marshal.Copy(q8, 0, to, q8.Length)).CopyRow(0, row);
        return row;
    }
}
