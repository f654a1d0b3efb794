using Orrery.Models.Json;

namespace Orrery.Models.Understanding.Weights;

/// <summary>How a model's files say that its weights are packed.</summary>
/// <param name="Name">As libraries name it: <c>gptq</c>, <c>awq</c>, <c>fp8</c>, <c>fbgemm_fp8</c>, <c>compressed-tensors</c>, <c>bitsandbytes</c>, <c>mxfp4</c>, <c>modelopt</c>. Null: not.</param>
/// <param name="Bits">Of a packed weight. Null: not said.</param>
/// <param name="Form">What else tells the form: modelopt's algorithm, the format of compressed-tensors, bitsandbytes' type.</param>
internal sealed record QuantizationMethod(string? Name, int? Bits, string? Form)
{
    private const int MostBits = 16, MostGroups = 64;

    public static readonly QuantizationMethod None = new(null, null, null);

    /// <summary>Of AQLM: weights that one code stands for, all of its codebooks together.</summary>
    public int CodeWeights { get; private init; } = 1;

    /// <summary>The type of the weights that are packed. Null: none are, or it is not known.</summary>
    public string? WeightType => Name switch
    {
        null => null,
        "fp8" or "fbgemm_fp8" => "F8_E4M3",
        "mxfp4" => "MXFP4",
        "bitsandbytes" => Bits == 4 ? Form!.ToUpperInvariant() : "INT8",
        "compressed-tensors" => Form switch
        {
            "float-quantized" or "naive-quantized" => "F8_E4M3",
            { } form when form.StartsWith("nvfp4", StringComparison.Ordinal) => "NVFP4",
            { } form when form.StartsWith("mxfp4", StringComparison.Ordinal) => "MXFP4",
            _ => $"INT{Bits ?? 8}",
        },
        { } name when name.StartsWith("modelopt", StringComparison.Ordinal) => Form?.Contains("FP4", StringComparison.Ordinal) is true ? "NVFP4" : Bits == 4 ? "INT4" : "F8_E4M3",
        _ => Bits is { } bits ? $"INT{bits}" : null,
    };

    /// <param name="config">The whole config.json.</param>
    /// <param name="beside"><c>hf_quant_config.json</c>, where modelopt writes it when it is not in the config; null: none.</param>
    public static QuantizationMethod Read(JsonPart config, JsonPart? beside)
    {
        var found = config.Find("quantization_config") ?? config.Find("compression_config")
            ?? config.Find("text_config")?.Find("quantization_config") ?? config.Find("llm_config")?.Find("quantization_config") ?? config.Find("language_config")?.Find("quantization_config");
        if (found is { Kind: System.Text.Json.JsonValueKind.Object } json)
            return Of(json);
        return beside?.Find("quantization") is { } other ? Modelopt(other, (beside?.Find("producer")?.TextOf("name") ?? "modelopt").ToLowerInvariant()) : None;
    }

    private static QuantizationMethod Of(JsonPart json)
    {
        string? name = json.TextOf("quant_method")?.ToLowerInvariant() switch
        {
            null when Any(json, "load_in_4bit", "load_in_8bit", "_load_in_4bit", "_load_in_8bit") => "bitsandbytes",
            null when json.Find("quant_algo") is not null => "modelopt",
            null when json.Find("config_groups") is not null => "compressed-tensors",
            "compressed_tensors" => "compressed-tensors",
            var said => said,
        };
        return name switch
        {
            "gptq" or "awq" or "auto-round" or "intel/auto-round" => new(name, (int)(json.WholeNumberOf("w_bit", 1, MostBits) ?? json.Get("bits").WholeNumber(1, MostBits)), json.TextOf("version")),
            "bitsandbytes" => Any(json, "load_in_4bit", "_load_in_4bit") ? new(name, 4, json.TextOf("bnb_4bit_quant_type") is "fp4" ? "fp4" : "nf4") : new(name, 8, null),
            "compressed-tensors" => CompressedTensors(json),
            "mxfp4" => new(name, 4, null),
            "aqlm" => Aqlm(json),
            "hqq" when json.Find("quant_config")?.Find("weight_quant_params")?.WholeNumberOf("nbits", 1, MostBits) is { } bits => new(name, (int)bits, null),
            _ when name?.StartsWith("modelopt", StringComparison.Ordinal) is true => Modelopt(json, name),
            _ => new(name, json.Find("bits")?.Kind == System.Text.Json.JsonValueKind.Number ? (int)json.Get("bits").WholeNumber(1, MostBits) : null, json.TextOf("fmt")),
        };
    }

    /// <summary>The groups differ in which layers they are for; in practice the packed ones are alike.</summary>
    private static QuantizationMethod CompressedTensors(JsonPart json)
    {
        string? form = json.TextOf("format");
        int? bits = null;
        foreach (var (_, group) in (json.Find("config_groups")?.Members() ?? []).Take(MostGroups))
        {
            form = form is null or "mixed-precision" ? group.TextOf("format") ?? form : form;
            if (group.Find("weights")?.WholeNumberOf("num_bits", 1, MostBits) is { } found)
                bits = Math.Min(bits ?? MostBits, (int)found);
        }
        return new("compressed-tensors", bits, form);
    }

    private static QuantizationMethod Modelopt(JsonPart json, string name)
    {
        string? algorithm = json.TextOf("quant_algo")?.ToUpperInvariant();
        return new(name, algorithm?.Contains("FP4", StringComparison.Ordinal) is true ? 4 : algorithm?.Contains("W4", StringComparison.Ordinal) is true ? 4 : 8, algorithm);
    }

    private static QuantizationMethod Aqlm(JsonPart json)
    {
        const int MostCode = 1 << 10;
        long group = (json.WholeNumberOf("in_group_size", 1, MostCode) ?? 8) * (json.WholeNumberOf("out_group_size", 1, MostCode) ?? 1);
        return new("aqlm", (int?)json.WholeNumberOf("nbits_per_codebook", 1, MostBits), null) { CodeWeights = (int)Math.Max(1, group / (json.WholeNumberOf("num_codebooks", 1, MostCode) ?? 1)) };
    }

    private static bool Any(JsonPart json, params ReadOnlySpan<string> flags)
    {
        foreach (string flag in flags)
        {
            if (json.Find(flag)?.Kind == System.Text.Json.JsonValueKind.True)
                return true;
        }
        return false;
    }
}
