using Orrery.Models.Safetensors;

namespace Orrery.Models.Understanding.Shapes;

/// <summary>
/// How many tokens a config says that its model was made for. Files mostly state the context that was reached by stretching; those that are stretched
/// by yarn or dynamically often state the one before, and the larger of the two counts.
/// </summary>
/// <param name="Tokens">Null: not said.</param>
/// <param name="Scaling">The rule of stretching; null: none.</param>
internal sealed record ContextLength(int? Tokens, string? Scaling)
{
    private const string Original = "original_max_position_embeddings";

    public static ContextLength Of(TextConfig config)
    {
        var text = config.Text;
        int? stated = Stated(config);
        var rope = RopeOf(text);
        string? scaling = (rope?.Text("rope_type") ?? rope?.Text("type")) switch
        {
            "default" or "mrope" => null,
            "su" => "longrope",
            null when config.Family.ModelType == "qwen" && text.Truth("use_dynamic_ntk") is true => "dynamic",
            var said => said,
        };
        if (scaling is not ("yarn" or "dynamic") || rope?.Number("factor") is not { } factor)
            return new ContextLength(stated, scaling);
        int? original = rope.Whole(Original, 1, int.MaxValue) ?? text.Whole(Original, 1, int.MaxValue) ?? stated;
        int stretched = (int)Math.Min((double)(original ?? 0) * factor, int.MaxValue);
        return new ContextLength(stretched > (stated ?? 0) ? stretched : stated, scaling);
    }

    private static int? Stated(TextConfig config)
    {
        var text = config.Text;
        int? stated = text.Whole(ConfigKeys.Context, 1, int.MaxValue) ?? (config.IsNested ? config.Root.Whole(ConfigKeys.Context, 1, int.MaxValue) : null) ?? Unsaid.Of(config)?.Context;
        return config.Family.ModelType switch
        {
            // Positions begin behind that of padding.
            "roberta" or "xlm-roberta" when stated is { } rows => Math.Max(1, rows - 1 - (text.Whole("pad_token_id", 0, rows) ?? 1)),

            // What it was trained with; the larger number is reached by stretching as texts grow.
            "qwen" when text.Truth("use_dynamic_ntk") is not true => Math.Min(stated ?? int.MaxValue, text.Whole("seq_length", 1, int.MaxValue) ?? int.MaxValue),
            _ => stated,
        };
    }

    /// <summary>Under either name; where each kind of layer has one, that of the layers that see everything.</summary>
    private static ModelConfig? RopeOf(ModelConfig text) => text.Inner("rope_parameters") is { } parameters ? parameters.Inner("full_attention") ?? parameters : text.Inner("rope_scaling");
}
