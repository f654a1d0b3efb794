using Orrery.Models.Quantization;
using Orrery.Tensors;

namespace Orrery.Models.Tests.Quantization;

public sealed class QuantizationPlanTests
{
    [Theory]
    [InlineData("a matrix", "blk.0.attn_q.weight", new long[] { 8, 512 }, "F32", "Q4_K", "Q4_K")]
    [InlineData("experts", "blk.0.ffn_up_exps.weight", new long[] { 4, 8, 512 }, "BF16", "Q4_K", "Q4_K")]
    [InlineData("the embedding", "token_embd.weight", new long[] { 96, 64 }, "F16", "Q8_0", "Q8_0")]
    [InlineData("Hugging Face's name", "model.layers.0.self_attn.q_proj.weight", new long[] { 8, 64 }, "BF16", "Q8_0", "Q8_0")]
    [InlineData("experts without 'weight'", "model.layers.0.mlp.experts.gate_up_proj", new long[] { 4, 8, 64 }, "BF16", "Q8_0", "Q8_0")]
    [InlineData("wider floats", "blk.0.attn_q.weight", new long[] { 8, 64 }, "F16", "F32", "F32")]
    [InlineData("the same type", "blk.0.attn_q.weight", new long[] { 8, 64 }, "Q8_0", "Q8_0", "keep")]
    [InlineData("a vector", "blk.0.attn_q.bias", new long[] { 64 }, "F32", "Q8_0", "keep")]
    [InlineData("a norm", "blk.0.attn_norm.weight", new long[] { 64 }, "F32", "Q8_0", "keep")]
    [InlineData("norms in rows", "blk.0.attn_q_norm.weight", new long[] { 8, 64 }, "F32", "Q8_0", "keep")]
    [InlineData("a row of a matrix", "x.weight", new long[] { 1, 64 }, "F32", "Q8_0", "keep")]
    [InlineData("biases of experts", "blk.0.ffn_up_exps.bias", new long[] { 4, 64 }, "F32", "Q8_0", "keep")]
    [InlineData("biases of experts, Hugging Face's", "model.layers.0.mlp.experts.down_proj_bias", new long[] { 4, 64 }, "F32", "Q8_0", "keep")]
    [InlineData("a router", "blk.0.ffn_gate_inp.weight", new long[] { 8, 64 }, "F32", "Q8_0", "keep")]
    [InlineData("a router, Hugging Face's", "model.layers.0.mlp.gate.weight", new long[] { 8, 64 }, "BF16", "Q8_0", "keep")]
    [InlineData("a router, mixtral's", "model.layers.0.block_sparse_moe.gate.weight", new long[] { 8, 64 }, "BF16", "Q8_0", "keep")]
    [InlineData("a router, gpt-oss's", "model.layers.0.mlp.router.weight", new long[] { 8, 64 }, "BF16", "Q8_0", "keep")]
    [InlineData("no router", "model.layers.0.mlp.gate_proj.weight", new long[] { 8, 64 }, "BF16", "Q8_0", "Q8_0")]
    [InlineData("positions", "position_embd.weight", new long[] { 8, 64 }, "F32", "Q8_0", "keep")]
    [InlineData("columns of 32", "x.weight", new long[] { 8, 64 }, "F32", "Q2_K", "Q4_0")]
    [InlineData("columns of 32", "x.weight", new long[] { 8, 64 }, "F32", "Q3_K", "Q4_0")]
    [InlineData("columns of 32", "x.weight", new long[] { 8, 64 }, "F32", "Q4_K", "Q5_0")]
    [InlineData("columns of 32", "x.weight", new long[] { 8, 64 }, "F32", "Q5_K", "Q5_1")]
    [InlineData("columns of 32", "x.weight", new long[] { 8, 64 }, "F32", "Q6_K", "Q8_0")]
    [InlineData("columns of 32", "x.weight", new long[] { 8, 64 }, "F32", "IQ4_XS", "IQ4_NL")]
    [InlineData("columns of neither", "x.weight", new long[] { 8, 172 }, "F32", "Q4_K", "F16")]
    [InlineData("columns of neither", "x.weight", new long[] { 8, 172 }, "BF16", "Q8_0", "F16")]
    [InlineData("columns of neither", "x.weight", new long[] { 8, 172 }, "F16", "Q8_0", "keep")]
    [InlineData("quantized already", "x.weight", new long[] { 8, 64 }, "Q8_0", "Q4_0", "has type Q8_0 already; encoding it again as Q4_0")]
    [InlineData("quantized already, for the columns", "x.weight", new long[] { 8, 64 }, "Q5_0", "Q4_K", "keep")]
    [InlineData("quantized already, a vector", "x.weight", new long[] { 64 }, "Q8_0", "Q4_0", "keep")]
    public void What_becomes_of_a_tensor(string because, string name, long[] shape, string type, string wanted, string expected)
    {
        string actual = QuantizationPlan.For(name, shape, Named(type), Named(wanted)) switch
        {
            QuantizationPlan.Encode(var encoded) => encoded.Name,
            QuantizationPlan.Refuse refused => refused.Problem,
            _ => "keep",
        };

        Assert.True(actual.StartsWith(expected, StringComparison.Ordinal), $"{because}: expected '{expected}', got '{actual}'");
    }

    [Theory]
    [InlineData("q8_0", "Q8_0", null)]
    [InlineData("Bf16", "BF16", null)]
    [InlineData("q8_0_M", null, "'q8_0_M' is a mixture of types, which is not made here. Use Q8_0 for all matrices.")]
    [InlineData("Q9", null, "'Q9' is no type of weights. Use one of F32, F16, ")]
    [InlineData("I8", null, "'I8' is no type of weights.")]
    [InlineData("", null, "'' is no type of weights.")]
    public void Types_are_named_in_either_case_and_mixtures_are_not_made(string name, string? expected, string? problem)
    {
        bool parsed = WeightTypes.TryParse(name, out var type, out string? actual);

        Assert.Equal((expected is not null, expected), (parsed, type?.Name));
        Assert.StartsWith(problem ?? "", actual ?? "", StringComparison.Ordinal);
    }

    private static DType Named(string name) => DType.All.Single(type => type.Name == name);
}
