using Orrery.Models.Json;

namespace Orrery.Models.Safetensors;

/// <summary>What <c>quantization_config</c> in config.json says of tensors that are not plain floats.</summary>
/// <param name="Method">Such as <c>fp8</c> or <c>gptq</c>; null without a config.</param>
/// <param name="BlockRows">Rows that share a scale where scales come in blocks.</param>
/// <param name="BlockCols">Columns that share it.</param>
internal sealed record QuantizationConfig(string? Method, int BlockRows, int BlockCols)
{
    private const int MaxBlock = 1 << 20;

    /// <summary>What models that do not say otherwise have.</summary>
    private const int DefaultBlock = 128;

    public static QuantizationConfig Read(JsonPart config)
    {
        var found = config.Find("quantization_config") ?? config.Find("text_config")?.Find("quantization_config");
        if (found is not { } json)
            return new QuantizationConfig(null, DefaultBlock, DefaultBlock);
        var (rows, cols) = BlockOf(json);
        return new QuantizationConfig(json.TextOf("quant_method"), rows, cols);
    }

    private static (int Rows, int Cols) BlockOf(JsonPart json)
    {
        if (json.Find("weight_block_size") is { } own)
            return Block(own);

        // compressed-tensors names it per group of layers.
        foreach (var (_, group) in json.Find("config_groups")?.Members() ?? [])
        {
            if (group.Find("weights")?.Find("block_structure") is { } structure)
                return Block(structure);
        }
        return (DefaultBlock, DefaultBlock);
    }

    private static (int Rows, int Cols) Block(JsonPart json)
        => json.Items().Take(3).Select(extent => (int)extent.WholeNumber(1, MaxBlock)).ToList() is [var rows, var cols]
            ? (rows, cols)
            : throw json.Invalid("is not two numbers, rows and columns");
}
