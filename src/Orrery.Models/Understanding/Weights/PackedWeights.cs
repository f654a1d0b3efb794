using Orrery.Models.Safetensors;

namespace Orrery.Models.Understanding.Weights;

/// <summary>How many weights a stored tensor of integers stands for, and of which type they are.</summary>
internal static class PackedWeights
{
    /// <returns>Null: packed in a way that is not known here.</returns>
    public static (string Type, long Weights)? Unpack(SafetensorsTensor tensor, QuantizationMethod method)
    {
        int elementBits = tensor.TypeName switch
        {
            "U8" or "I8" => 8,
            "I16" or "U16" => 16,
            "I32" or "U32" => 32,
            "I64" or "U64" => 64,
            _ => 0,
        };
        if (elementBits == 0)
            return null;
        switch (method.Name)
        {
            // Where two weights of a byte are floats, their scales say which.
            case "compressed-tensors" when method.Form is { } form && form.Contains("fp4", StringComparison.Ordinal):
                return Of(form.StartsWith("mx", StringComparison.Ordinal) ? "MXFP4" : "NVFP4", elementBits, 4);
            case "mxfp4" or "quark" when tensor.TypeName == "U8":
                return Of("MXFP4", elementBits, 4);
            case "bitsandbytes" when tensor.TypeName == "U8":
                return Of(method.Form?.ToUpperInvariant() ?? "NF4", elementBits, 4);
            case "aqlm":
                return ("AQLM", tensor.Weights * method.CodeWeights);
            case "hqq" when elementBits == 32 && method.Bits == 3:
                return ("INT3", tensor.Weights * 10);                   // two bits of 32 are left over
            case "bitnet" when tensor.TypeName == "U8":
                return ("TERNARY", tensor.Weights * 4);
            case { } name when name.StartsWith("modelopt", StringComparison.Ordinal) && tensor.TypeName == "U8":
                return Of(method.Form?.Contains("FP4", StringComparison.Ordinal) is false ? "INT4" : "NVFP4", elementBits, 4);
            case "exl2" or "exl3" or "quip" or "vptq" or "spqr" or "higgs" or "quanto" or "torchao":
                return null;
        }
        bool isPlain = tensor.Name.EndsWith(".weight", StringComparison.Ordinal) && tensor.TypeName is "I8" or "U8";
        int bits = isPlain ? 8 : method.Bits ?? (elementBits == 32 ? 4 : 8);
        return Of($"INT{bits}", elementBits, bits);

        // Weights of 3 bits lie across the borders of elements: 32 of them in three.
        (string, long) Of(string type, int stored, int packed) => (type, (long)((Int128)tensor.Weights * stored / packed));
    }
}
