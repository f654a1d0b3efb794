namespace Orrery.Control.Fitting;

/// <summary>How large a weight is in each form, scales included. For estimates and advice only; measured files go first. Pure.</summary>
internal static class BitsPerWeight
{
    private const double Unquantized = 16;

    // Block layouts of GGUF: bytes of a block × 8 / weights of it.
    private static readonly (string Name, double Bits)[] Blocks =
    [
        ("Q8_0", 8.5), ("Q6_K", 6.5625), ("Q5_K", 5.5), ("Q4_K", 4.5), ("Q3_K", 3.4375), ("Q2_K", 2.625),
    ];

    // Four bits with a 16-bit scale for each group of 128 weights; eight bits with one for each row.
    private static readonly Dictionary<string, double> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ["F32"] = 32, ["F16"] = 16, ["BF16"] = 16, ["fp8"] = 8, ["fbgemm_fp8"] = 8, ["int8"] = 8, ["gptq"] = 4.25, ["awq"] = 4.25, ["int4"] = 4.25,
        ["mxfp4"] = 4.25, ["nvfp4"] = 4.5, ["bitsandbytes"] = 4.5, ["Q4_0"] = 4.5, ["Q4_1"] = 5, ["Q5_0"] = 5.5, ["Q5_1"] = 6, ["IQ4_NL"] = 4.5, ["IQ4_XS"] = 4.25,
    };

    /// <returns>16 for what is unknown: most models are published in 16 bits.</returns>
    public static double Of(string? quantization)
    {
        if (quantization is null)
            return Unquantized;
        if (Others.TryGetValue(quantization, out double bits))
            return bits;
        var block = Blocks.FirstOrDefault(b => quantization.StartsWith(b.Name, StringComparison.OrdinalIgnoreCase));
        return block.Name is null ? Unquantized : block.Bits;
    }

    /// <summary>The largest form with no more bits than these and fewer than now. Null: none is that small.</summary>
    public static string? NoMoreThan(double bits, double now)
        => Blocks.Where(b => b.Bits <= bits && b.Bits < now).Select(b => b.Name).FirstOrDefault();
}
