using Orrery.Tensors;

namespace Orrery.Models.Understanding.Weights;

/// <summary>How many bits a weight takes, with its share of scales where those are part of the form.</summary>
internal static class TypeBits
{
    public static double Of(string type) => type switch
    {
        "F64" => 64,
        "F32" => 32,
        "F16" or "BF16" => 16,
        "NF4" or "FP4" => 4.5,
        _ when type.StartsWith("F8", StringComparison.Ordinal) => 8,
        _ when type.StartsWith("INT", StringComparison.Ordinal) && int.TryParse(type.AsSpan(3), out int bits) => bits,
        _ => DType.All.FirstOrDefault(known => known.Name == type) is { } found ? 8.0 * found.BlockBytes / found.BlockWeights : 16,
    };

    /// <summary><c>torch_dtype</c> as tensors have it. Null: another, or none.</summary>
    public static string? OfTorch(string? name) => name switch
    {
        "bfloat16" or "torch.bfloat16" => "BF16",
        "float16" or "torch.float16" or "half" => "F16",
        "float32" or "torch.float32" or "float" => "F32",
        "float64" => "F64",
        _ => null,
    };
}
