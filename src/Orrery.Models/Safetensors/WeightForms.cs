namespace Orrery.Models.Safetensors;

/// <summary>
/// Decides what the stored tensors mean as weights. Names after the libraries that write them: compressed-tensors, transformers' fp8 and
/// fbgemm_fp8, modelopt, GPTQ, AWQ, AQLM, bitsandbytes, and gpt-oss.
/// </summary>
internal static class WeightForms
{
    private const string Weight = ".weight", Blocks = "_blocks", Scales = "_scales";

    // Instead of X.weight there is one of these; the weights cannot be had from it alone.
    private static readonly string[] PackedSuffixes = [".qweight", ".weight_packed", ".W_q", ".Qidxs", ".codes"];

    // What describes X.weight beside it, and is no weight.
    private static readonly string[] CompanionSuffixes =
    [
        ".weight_scale", ".weight_scale_inv", ".weight_scale_2", ".weight_global_scale", ".weight_zero_point", ".weight_shape", ".weight_g_idx",
        ".weight_format", ".SCB", ".input_scale", ".input_scale_ub", ".input_global_scale", ".input_zero_point", ".activation_scale", ".output_scale",
        ".qzeros", ".g_idx", ".scales", ".codebooks",
    ];

    // What describes activations and the KV cache; ours are not of 8 bits.
    private static readonly string[] AttentionScaleSuffixes = [".k_scale", ".v_scale", ".q_scale", ".kv_scale", ".prob_scale", ".prob_output_scale"];

    // Written [experts, cols, rows], unlike all other weights.
    private static readonly string[] TransposedSuffixes = [".mlp.experts.gate_up_proj", ".mlp.experts.down_proj"];

    /// <param name="architecture"><c>model_type</c> of the config.</param>
    public static Dictionary<string, WeightForm> Of(IReadOnlyDictionary<string, SafetensorsTensor> tensors, QuantizationConfig config, string? architecture)
    {
        var forms = new Dictionary<string, WeightForm>(tensors.Count, StringComparer.Ordinal);
        bool packed = false;
        foreach (var tensor in tensors.Values)
        {
            if (FormOf(tensor, tensors, config, architecture) is not { } form)
                continue;
            forms.TryAdd(form.Name, form);
            packed |= form is not WeightForm.Plain;
        }
        if (packed)
        {
            foreach (string name in forms.Keys.Where(name => IsCompanion(name, forms)).ToList())
                forms.Remove(name);
        }
        return forms;
    }

    /// <summary>Names of weights that were left out because another tensor is the same: the note says under which name it was kept.</summary>
    public static Dictionary<string, string> Aliases(IReadOnlyDictionary<string, string> notes, Dictionary<string, WeightForm> forms)
        => notes.Where(note => !forms.ContainsKey(note.Key) && forms.ContainsKey(note.Value)).ToDictionary(note => note.Key, note => note.Value, StringComparer.Ordinal);

    private static WeightForm? FormOf(SafetensorsTensor tensor, IReadOnlyDictionary<string, SafetensorsTensor> tensors, QuantizationConfig config, string? architecture)
    {
        if (tensor.Name.EndsWith(Blocks, StringComparison.Ordinal) && tensors.TryGetValue(tensor.Name[..^Blocks.Length] + Scales, out var scales))
            return Mxfp4(tensor.Name[..^Blocks.Length], tensor, scales);
        if (tensor.Name.EndsWith(Scales, StringComparison.Ordinal) && tensors.ContainsKey(tensor.Name[..^Scales.Length] + Blocks))
            return null;
        if (PackedSuffixes.FirstOrDefault(suffix => tensor.Name.EndsWith(suffix, StringComparison.Ordinal)) is { } packed)
            return Packed(tensor.Name[..^packed.Length] + Weight, tensor, config);
        if (tensor.TypeName is "F8_E4M3" or "F8_E5M2" && !tensor.Shape.Contains(0))
            return Float8(tensor, tensors, config);
        if (tensor.TypeName is "U8" or "I8" or "I32" && tensor.Name.EndsWith(Weight, StringComparison.Ordinal))
            return Packed(tensor.Name, tensor, config);
        if (architecture == "gpt_oss" && tensor.Shape.Length == 3 && TransposedSuffixes.Any(suffix => tensor.Name.EndsWith(suffix, StringComparison.Ordinal)))
            return new WeightForm.Transposed(tensor);
        return new WeightForm.Plain(tensor);
    }

    private static WeightForm Float8(SafetensorsTensor tensor, IReadOnlyDictionary<string, SafetensorsTensor> tensors, QuantizationConfig config)
    {
        if (!tensors.TryGetValue(tensor.Name + "_scale", out var scales) && !tensors.TryGetValue(tensor.Name + "_scale_inv", out scales))
            return new WeightForm.Float8(tensor, null, null);
        if (scales.TypeName is not ("F32" or "F16" or "BF16" or "F8_E8M0"))
            return Refused(tensor.Name, tensor, tensor.TypeName, $"has scales of type {scales.TypeName}", "Use a model whose scales are F32, F16, BF16 or F8_E8M0.");
        return ScaleGrid.For(tensor.Shape.AsSpan(), scales.Shape.AsSpan(), config.BlockRows, config.BlockCols) is { } grid
            ? new WeightForm.Float8(tensor, scales, grid)
            : Refused(
                tensor.Name,
                tensor,
                tensor.TypeName,
                $"has shape {tensor.ShapeText} and scales of shape {scales.ShapeText}; one scale for all, for each row, or for blocks of [{config.BlockRows}, {config.BlockCols}] is possible",
                "Get all files of the model.");
    }

    private static WeightForm Mxfp4(string name, SafetensorsTensor blocks, SafetensorsTensor scales)
    {
        bool fits = blocks.TypeName == "U8" && scales.TypeName == "U8" && blocks.Shape is [_, .., _, WeightForm.Mxfp4.BlockWeights / 2]
            && !blocks.Shape.Contains(0) && blocks.Shape[..^1].SequenceEqual(scales.Shape);
        return fits
            ? new WeightForm.Mxfp4(name, blocks, scales)
            : Refused(
                name,
                blocks,
                "MXFP4",
                $"has blocks of {blocks.TypeName} {blocks.ShapeText} and scales of {scales.TypeName} {scales.ShapeText}; U8 [..., rows, cols / 32, 16] and [..., rows, cols / 32] are needed",
                "Get all files of the model.");
    }

    private static WeightForm.Refused Packed(string name, SafetensorsTensor tensor, QuantizationConfig config)
    {
        string method = config.Method ?? "a quantization library";
        return Refused(
            name,
            tensor,
            config.Method ?? tensor.TypeName,
            $"is packed by {InvalidModelFileException.Quote(method).Trim('\'')} as {InvalidModelFileException.Quote(tensor.Name)} of type {tensor.TypeName}, which cannot be computed with",
            "Use the model's files before quantization (F32, F16, BF16 or FP8), or a GGUF file of it.");
    }

    private static WeightForm.Refused Refused(string name, SafetensorsTensor tensor, string method, string problem, string nextStep) => new(name, tensor, method, problem, nextStep);

    /// <summary>Whether it only describes another tensor that is packed or of 8 bits. A tensor of the same name beside plain weights is one of its own.</summary>
    private static bool IsCompanion(string name, Dictionary<string, WeightForm> forms)
    {
        bool Describes(string weight) => forms.TryGetValue(weight, out var form) && form is not WeightForm.Plain;

        if (AttentionScaleSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal)))
            return true;
        foreach (string suffix in CompanionSuffixes)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal) && Describes(name[..^suffix.Length] + Weight))
                return true;
        }
        if ((name.EndsWith("_scale", StringComparison.Ordinal) && Describes(name[..^"_scale".Length]))
            || (name.EndsWith("_scale_inv", StringComparison.Ordinal) && Describes(name[..^"_scale_inv".Length])))
        {
            return true;
        }
        int inside = name.IndexOf(Weight + ".", StringComparison.Ordinal);
        return inside > 0 && Describes(name[..(inside + Weight.Length)]);
    }
}
