using Orrery.Tensors;

namespace Orrery.Models.Quantization;

/// <summary>
/// What becomes of one tensor when a model is quantized. The rules are those of <c>llama-quantize --pure</c>: all matrices get the one
/// type, as far as their columns are whole blocks of it.
/// </summary>
public abstract record QuantizationPlan
{
    private const string Weight = ".weight", Experts = ".experts.";

    // Routers decide which experts run, and small tables are looked up: neither is worth an error. By GGUF's names, then Hugging Face's.
    private static readonly string[] KeptParts =
    [
        "_norm.weight", "ffn_gate_inp", "ffn_gate_tid2eid", "altup", "laurel", "per_layer_model_proj", "position_embd", "token_types",
        "ssm_conv1d", "shortconv.conv.weight", "time_mix_first.", "time_mix_w", "time_mix_v0.", "time_mix_v1.", "time_mix_v2.", "time_mix_a",
        "time_mix_g1.", "time_mix_g2.", "time_mix_decay_w", "time_mix_lerp_fused.", "attn_rel_b.", ".patch_embd", ".rel_pos",
        "norm.weight", ".gate.weight", "router.", "shared_expert_gate.", "position_embeddings.", "token_type_embeddings.",
    ];

    // For types whose blocks are 256 weights: the next larger one whose blocks are 32.
    private static readonly Dictionary<DType, DType> Narrower = new()
    {
        [DType.Q2_K] = DType.Q4_0, [DType.Q3_K] = DType.Q4_0, [DType.Q4_K] = DType.Q5_0, [DType.Q5_K] = DType.Q5_1, [DType.Q6_K] = DType.Q8_0,
        [DType.IQ4_XS] = DType.IQ4_NL,
    };

    /// <summary>It stays as it is.</summary>
    public sealed record Keep : QuantizationPlan;

    /// <summary>Its rows are encoded.</summary>
    public sealed record Encode(DType Type) : QuantizationPlan;

    /// <summary>It is quantized already, otherwise than wanted: to do so again loses more than either type alone.</summary>
    public sealed record Refuse(string Problem, string NextStep) : QuantizationPlan;

    /// <param name="shape">Slowest first.</param>
    /// <param name="type">That it has.</param>
    /// <param name="wanted">A type with kernels.</param>
    public static QuantizationPlan For(string name, ReadOnlySpan<long> shape, DType type, DType wanted)
    {
        if (!IsMatrix(name, shape))
            return new Keep();
        var target = Fitting(wanted, cols: shape[^1]);
        if (type == target || type == wanted)
            return new Keep();
        return type == DType.F32 || type == DType.F16 || type == DType.BF16
            ? new Encode(target)
            : new Refuse($"has type {type} already; encoding it again as {target} would lose more than either", "Start from the model's F32, F16 or BF16 files.");
    }

    /// <summary>Vectors, also those that stand in rows, are small and matter much.</summary>
    private static bool IsMatrix(string name, ReadOnlySpan<long> shape)
    {
        while (shape is [1, _, ..])
            shape = shape[1..];
        bool isWeight = name.EndsWith(Weight, StringComparison.Ordinal)
            || (name.Contains(Experts, StringComparison.Ordinal) && !name.EndsWith("bias", StringComparison.Ordinal));
        return shape.Length >= 2 && isWeight && !KeptParts.Any(part => name.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>The wanted type, else one of smaller blocks, else F16.</summary>
    private static DType Fitting(DType wanted, long cols)
    {
        if (cols % wanted.BlockWeights == 0)
            return wanted;
        return Narrower.TryGetValue(wanted, out var type) && cols % type.BlockWeights == 0 ? type : DType.F16;
    }
}
