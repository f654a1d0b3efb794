using System.Collections.Immutable;
using Orrery.Models.Gguf;
using Orrery.Models.Safetensors;

namespace Orrery.Models.Understanding.Weights;

/// <summary>The weights of a model by their tensors.</summary>
/// <param name="Routed">Of experts that tokens are sent to.</param>
/// <param name="Bytes">Of all tensors, scales too.</param>
/// <param name="Unknown">Of a tensor that is packed in a way that is not known; null: there is none.</param>
internal sealed record CountedWeights(ImmutableSortedDictionary<string, long> ByType, long Routed, long Bytes, string? Unknown)
{
    // Numbers that code keeps beside weights: positions, masks, wave lengths.
    private static readonly string[] BufferSuffixes = ["inv_freq", ".masked_bias", ".attn.bias", "position_ids", "num_batches_tracked", ".rotary_emb.cos_cached", ".rotary_emb.sin_cached"];

    // Scales of experts that are one tensor have names that no rule for single matrices covers.
    private static readonly string[] ScaleSuffixes = ["_scale", "_scale_2", "_scales", "_scale_inv", "_zero_point", "_zeros", "_shape"];

    // HQQ writes all that it knows of a matrix beside it, each as a tensor.
    private const string HqqSuffix = ".W_q";

    public long Total => ByType.Values.Sum();

    public static CountedWeights Of(IReadOnlyDictionary<string, SafetensorsTensor> tensors, IEnumerable<WeightForm> forms, QuantizationMethod method)
    {
        var types = new Dictionary<string, long>(StringComparer.Ordinal);
        long routed = 0;
        string? unknown = null;
        foreach (var form in forms)
        {
            if (IsBuffer(form, method) || (method.Name == "hqq" && IsBesideHqq(form.Name, tensors)))
                continue;
            if (Counted(form, method) is not var (type, weights))
            {
                unknown ??= form.Stored.Name;
                continue;
            }
            types[type] = types.GetValueOrDefault(type) + weights;
            if (IsRouted(form.Name))
                routed += weights;
        }
        return new CountedWeights(types.ToImmutableSortedDictionary(StringComparer.Ordinal), routed, tensors.Values.Sum(tensor => tensor.Bytes), unknown);
    }

    public static CountedWeights Of(IEnumerable<GgufTensor> tensors)
    {
        var types = new Dictionary<string, long>(StringComparer.Ordinal);
        long routed = 0, bytes = 0;
        foreach (var tensor in tensors)
        {
            bytes += tensor.Bytes;
            if (tensor.Name.StartsWith("rope_f", StringComparison.Ordinal))
                continue;                                               // divisors of wave lengths
            types[tensor.Type.Name] = types.GetValueOrDefault(tensor.Type.Name) + tensor.Weights;
            if (tensor.Name.Contains("_exps.", StringComparison.Ordinal))
                routed += tensor.Weights;
        }
        return new CountedWeights(types.ToImmutableSortedDictionary(StringComparer.Ordinal), routed, bytes, Unknown: null);
    }

    private static (string, long)? Counted(WeightForm form, QuantizationMethod method) => form switch
    {
        WeightForm.Refused { Stored.TypeName: "F8_E4M3" or "F8_E5M2" } float8 => (float8.Stored.TypeName, float8.Stored.Weights),
        WeightForm.Refused refused => PackedWeights.Unpack(refused.Stored, method),
        WeightForm.Plain { Tensor: { TypeName: "U8" or "I32" } packed } when method.Name is not null => PackedWeights.Unpack(packed, method),
        _ => (form.TypeName, form.Shape.Aggregate(1L, (product, extent) => product * extent)),
    };

    private static bool IsBuffer(WeightForm form, QuantizationMethod method)
        => form is WeightForm.Plain or WeightForm.Float8
            && (form.TypeName is "I64" or "BOOL" or "U64"
                || (form.TypeName == "I32" && method.Name is null)
                || BufferSuffixes.Any(suffix => form.Name.EndsWith(suffix, StringComparison.Ordinal) && (suffix != ".attn.bias" || form.Shape.Length == 4))
                || (method.Name is not null && ScaleSuffixes.Any(suffix => form.Name.EndsWith(suffix, StringComparison.Ordinal))));

    private static bool IsBesideHqq(string name, IReadOnlyDictionary<string, SafetensorsTensor> tensors)
        => name.LastIndexOf('.') is > 0 and var dot && name[dot..] is not (".weight" or ".bias") && tensors.ContainsKey(name[..dot] + HqqSuffix);

    private static bool IsRouted(string name)
        => name.Contains(".experts.", StringComparison.Ordinal) || name.EndsWith(".block_sparse_moe.input_linear.weight", StringComparison.Ordinal)
            || name.EndsWith(".block_sparse_moe.output_linear.weight", StringComparison.Ordinal);
}
