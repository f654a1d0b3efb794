using Orrery.Models.Tests.Safetensors;
using Orrery.Models.Understanding;

namespace Orrery.Models.Tests.Understanding;

/// <summary>A weight is a weight however many of them a stored number holds.</summary>
public sealed class CountedWeightsTests
{
    /// <summary>[64, 8] weights, packed as each library writes them. Nothing that describes them is counted.</summary>
    public static TheoryData<string, string, string, WeightFormsOf> Packed => new()
    {
        { """{"quant_method": "gptq", "bits": 4, "group_size": 32}""", "gptq", "INT4", new(b => b.Ints("q.qweight", 8, 8).Ints("q.qzeros", 2, 1).Halves("q.scales", 2, 8).Ints("q.g_idx", 64)) },
        { """{"quant_method": "gptq", "bits": 8, "group_size": 32}""", "gptq", "INT8", new(b => b.Ints("q.qweight", 16, 8).Ints("q.qzeros", 2, 2).Halves("q.scales", 2, 8).Ints("q.g_idx", 64)) },
        { """{"quant_method": "gptq", "bits": 3, "group_size": 32}""", "gptq", "INT3", new(b => b.Ints("q.qweight", 6, 8).Ints("q.qzeros", 2, 1).Halves("q.scales", 2, 8).Ints("q.g_idx", 64)) },
        { """{"quant_method": "awq", "bits": 4, "version": "gemm"}""", "awq", "INT4", new(b => b.Ints("q.qweight", 64, 1).Ints("q.qzeros", 2, 1).Halves("q.scales", 2, 8)) },
        { """{"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int"}}}}""", "compressed-tensors", "INT4",
            new(b => b.Ints("q.weight_packed", 8, 8).Halves("q.weight_scale", 8, 2).Tensor("q.weight_shape", "I64", [2], new byte[16])) },
        { """{"quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized", "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "float"}}}}""", "compressed-tensors", "NVFP4",
            new(b => b.Bytes("q.weight_packed", "U8", 8, 32).Bytes("q.weight_scale", "F8_E4M3", 8, 4).Floats("q.weight_global_scale", [1], 1)) },
        { """{"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float"}}}}""", "compressed-tensors", "F8_E4M3",
            new(b => b.Bytes("q.weight", "F8_E4M3", 8, 64).Floats("q.weight_scale", [1], 1)) },
        { """{"quant_method": "fp8", "weight_block_size": [8, 64]}""", "fp8", "F8_E4M3", new(b => b.Bytes("q.weight", "F8_E4M3", 8, 64).Floats("q.weight_scale_inv", [1, 1], 1)) },
        { """{"quant_method": "fbgemm_fp8"}""", "fbgemm_fp8", "F8_E4M3", new(b => b.Bytes("q.weight", "F8_E4M3", 8, 64).Floats("q.weight_scale", [8, 1], 1, 1, 1, 1, 1, 1, 1, 1).Floats("q.input_scale_ub", [1], 1)) },
        { """{"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_quant_type": "nf4"}""", "bitsandbytes", "NF4", new(b => b
            .Bytes("q.weight", "U8", 256, 1).Bytes("q.weight.absmax", "U8", 8).Floats("q.weight.quant_map", [2], 1, 2).Floats("q.weight.nested_absmax", [1], 1).Bytes("q.weight.quant_state.bitsandbytes__nf4", "U8", 4)) },
        { """{"load_in_8bit": true}""", "bitsandbytes", "INT8", new(b => b.Bytes("q.weight", "I8", 8, 64).Floats("q.SCB", [1], 1).Tensor("q.weight_format", "U8", [], new byte[1])) },
        { """{"quant_method": "modelopt", "quant_algo": "NVFP4"}""", "modelopt", "NVFP4", new(b => b.Bytes("q.weight", "U8", 8, 32).Bytes("q.weight_scale", "F8_E4M3", 8, 4).Floats("q.weight_scale_2", [], 1).Floats("q.input_scale", [], 1)) },
        { """{"quant_method": "modelopt", "quant_algo": "NVFP4"}""", "modelopt", "NVFP4", new(b => b.Bytes("mlp.experts.gate_up_proj", "U8", 2, 4, 32).Bytes("mlp.experts.gate_up_proj_weight_scale", "F8_E4M3", 2, 4, 4).Floats("mlp.experts.gate_up_proj_weight_scale_2", [1], 1)) },
        { """{"quant_method": "mxfp4"}""", "mxfp4", "MXFP4", new(b => b.Bytes("q_blocks", "U8", 2, 8, 1, 16).Bytes("q_scales", "U8", 2, 8, 1)) },
        { """{"quant_method": "aqlm", "in_group_size": 8, "out_group_size": 1, "nbits_per_codebook": 16, "num_codebooks": 1}""", "aqlm", "AQLM", new(b => b
            .Tensor("q.codes", "I16", [8, 8, 1], new byte[128]).Halves("q.codebooks", 1, 4, 1, 8).Halves("q.scales", 8, 1, 1, 1)) },
        { """{"quant_method": "aqlm", "in_group_size": 8, "nbits_per_codebook": 8, "num_codebooks": 2}""", "aqlm", "AQLM", new(b => b.Bytes("q.codes", "I8", 8, 8, 2).Halves("q.codebooks", 2, 4, 1, 8).Halves("q.scales", 8, 1, 1, 1)) },
        { """{"quant_method": "eetq"}""", "eetq", "INT8", new(b => b.Bytes("q.weight", "I8", 64, 8).Halves("q.weight_scales", 8)) },
        { """{"quant_method": "bitnet"}""", "bitnet", "TERNARY", new(b => b.Bytes("q.weight", "U8", 2, 64).Floats("q.weight_scale", [1], 1)) },
        { """{"quant_method": "hqq", "bits": 4}""", "hqq", "INT4", new(b => b.Bytes("q.W_q", "U8", 4, 64)) },
        { """{"quant_method": "hqq", "quant_config": {"weight_quant_params": {"nbits": 4, "group_size": 64, "axis": 1}}}""", "hqq", "INT4", new(b => b
            .Bytes("q.W_q", "U8", 4, 64).Halves("q.scale", 1, 8).Halves("q.zero", 1, 8).Ints("q.nbits", 1).Ints("q.shape", 2).Bytes("q.packing", "U8", 8)) },
        { """{"quant_method": "hqq", "quant_config": {"weight_quant_params": {"nbits": 2}}}""", "hqq", "INT2", new(b => b.Bytes("q.W_q", "U8", 2, 64).Halves("q.scale", 8, 4)) },
    };

    [Theory]
    [MemberData(nameof(Packed))]
    public void Packed_weights_are_counted_unpacked(string config, string method, string type, WeightFormsOf tensors)
    {
        using var folder = tensors.Write(new Builder(new SafetensorsBuilder())).BFloats("embed.weight", [1, 3], 1, 2, 3).Model($$"""{"model_type": "llama", "quantization_config": {{config}} }""");

        var summary = ModelSummary.Read(folder.Path);

        Assert.Equal(method, summary.Quantization);
        Assert.Equal([("BF16", 3L), (type, 512L)], summary.Parameters!.ByType.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Value));
        Assert.Equal((515L, ParameterOrigin.Counted), (summary.Parameters.Total, summary.Parameters.Origin));
    }

    [Fact]
    public void What_modelopt_writes_beside_the_config_is_read_as_well()
    {
        using var folder = new Builder(new SafetensorsBuilder()).Bytes("q.weight", "U8", 8, 32).Bytes("q.weight_scale", "F8_E4M3", 8, 4).Model("""{"model_type": "llama"}""");
        File.WriteAllText(folder.File("hf_quant_config.json"), """{"producer": {"name": "modelopt", "version": "0.29"}, "quantization": {"quant_algo": "NVFP4", "group_size": 16}}""");

        var summary = ModelSummary.Read(folder.Path);

        Assert.Equal(("modelopt", 512L, "NVFP4"), (summary.Quantization, summary.Parameters!.Total, summary.Parameters.MainType));
    }

    [Fact]
    public void Weights_in_an_unknown_pack_are_estimated_and_a_note_says_so()
    {
        using var folder = new Builder(new SafetensorsBuilder()).Ints("q.qweight", 8, 8).Model(
            """{"model_type": "llama", "quantization_config": {"quant_method": "vptq"}, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 16, "vocab_size": 4}""");

        var summary = ModelSummary.Read(folder.Path);

        Assert.Equal((ParameterOrigin.Estimated, 728L, 256L), (summary.Parameters!.Origin, summary.Parameters.Total, summary.WeightBytes));
        Assert.Contains("packed by 'vptq' in a way that is not known here", Assert.Single(summary.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_value_is_a_weight_and_an_empty_tensor_is_none()
    {
        using var folder = new SafetensorsBuilder().Floats("scale", [], 1).Floats("none", [0, 8]).Floats("two", [2], 1, 2).Model("""{"model_type": "llama"}""");

        Assert.Equal(3, ModelSummary.Read(folder.Path).Parameters!.Total);
    }

    [Fact]
    public void What_code_keeps_beside_weights_is_no_weight()
    {
        using var folder = new SafetensorsBuilder().Floats("w", [2], 1, 2).Floats("layers.0.rotary_emb.inv_freq", [2], 1, 2).Tensor("embeddings.position_ids", "I64", [1, 2], new byte[16])
            .Floats("h.0.attn.bias", [1, 1, 2, 2], 1, 0, 1, 1).Floats("h.0.attn.masked_bias", [], 1).Floats("h.1.attn.bias", [1], 1).Model("""{"model_type": "gpt2"}""");

        Assert.Equal(3, ModelSummary.Read(folder.Path).Parameters!.Total);
    }

    [Theory]
    [InlineData("mlp.experts.{0}.up_proj.weight")]
    [InlineData("block_sparse_moe.experts.{0}.w1.weight")]
    public void A_token_goes_through_the_experts_that_it_is_sent_to(string name)
    {
        var builder = new SafetensorsBuilder().Floats("mlp.shared_experts.up_proj.weight", [2], 1, 2).Floats("mlp.gate.weight", [4], 1, 2, 3, 4);
        for (int expert = 0; expert < 4; expert++)
            builder.Floats(string.Format(System.Globalization.CultureInfo.InvariantCulture, name, expert), [5], 1, 2, 3, 4, 5);
        using var folder = builder.Model("""{"model_type": "mixtral", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 8, "num_local_experts": 4, "num_experts_per_tok": 1}""");

        var parameters = ModelSummary.Read(folder.Path).Parameters!;

        Assert.Equal((26L, 11L), (parameters.Total, parameters.Active));
    }

    /// <summary>Puts tensors of zeros into the file.</summary>
    internal sealed class Builder(SafetensorsBuilder inner)
    {
        public Builder Ints(string name, params long[] shape) => Put(name, "I32", 4, shape);

        public Builder Halves(string name, params long[] shape) => Put(name, "F16", 2, shape);

        public Builder Bytes(string name, string type, params long[] shape) => Put(name, type, 1, shape);

        public Builder Floats(string name, long[] shape, params float[] values)
        {
            inner.Floats(name, shape, values);
            return this;
        }

        public Builder BFloats(string name, long[] shape, params float[] values)
        {
            inner.BFloats(name, shape, values);
            return this;
        }

        public Builder Tensor(string name, string type, long[] shape, byte[] bytes)
        {
            inner.Tensor(name, type, shape, bytes);
            return this;
        }

        public TempFolder Model(string config) => inner.Model(config);

        private Builder Put(string name, string type, int bytes, long[] shape) => Tensor(name, type, shape, new byte[bytes * shape.Aggregate(1L, (product, extent) => product * extent)]);
    }

    /// <summary>What a case puts into the file.</summary>
    public sealed class WeightFormsOf
    {
        private readonly Func<Builder, Builder> _write;

        internal WeightFormsOf(Func<Builder, Builder> write) => _write = write;

        internal Builder Write(Builder builder) => _write(builder);
    }
}
