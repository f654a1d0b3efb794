using Orrery.Models.Safetensors;
using Orrery.Models.Understanding.Shapes;

namespace Orrery.Models.Understanding.Estimates;

/// <summary>
/// Parameters of the tower that makes tokens of pictures, and of what joins it to the text model of width t. With d its width, f that of
/// its feed-forward parts, p the side of a patch and n the patches of a picture, a layer has 4 d² + 2 d f and its biases, and two norms; before them is a
/// convolution of 3 p² d and mostly a table of n d positions. What else there is differs: see the single forms.
/// </summary>
internal static class TowerEstimate
{
    private const int MostSide = 1 << 14, MostDepth = 1 << 10;

    /// <returns>0: there is no tower. Null: there is one whose config says too little.</returns>
    public static long? Of(TextConfig config, int textHidden)
    {
        if (config.Root.Inner("vision_config") is not { } vision)
            return 0;
        string? type = vision.Text("model_type") is { } own and not "vision" ? own : config.ModelType;
        if ((vision.Whole(["embed_dim", "width", "hidden_size"], 1, ConfigKeys.MostHidden) is not { } d)
            || (vision.Whole(["depth", "num_hidden_layers", "layers"], 1, MostDepth) is not { } depth))
        {
            return null;
        }
        var tower = new Tower(
            vision, type == "qwen2_vl" ? d : vision.Whole("hidden_size", 1, ConfigKeys.MostHidden) ?? d, depth,
            vision.Whole("intermediate_size", 1, ConfigKeys.MostFfn) ?? (int)Math.Clamp((vision.Number("mlp_ratio") ?? 4) * d, 1, ConfigKeys.MostFfn),
            vision.Whole("patch_size", 1, MostSide) ?? 14, vision.Whole("image_size", 1, MostSide) ?? 384, textHidden);
        return type switch
        {
            "qwen2_vl" => Qwen2(tower),
            "qwen2_5_vl" => Qwen25(tower),
            "qwen3_vl" or "qwen3_vl_moe" or "qwen3_5" or "qwen3_5_moe" => Qwen3(tower),
            "mllama_vision_model" => Mllama(tower),
            "llama4_vision_model" => Llama4(tower),
            "deepseek_vl_v2" => DeepSeek(tower),
            "siglip_vision_model" => Siglip(tower) + (textHidden * (long)tower.Dim) + tower.Dim,
            _ => Clip(tower) + Joint(tower),
        };
    }

    /// <summary>CLIP: a token for the class, norms before and behind (arXiv 2103.00020).</summary>
    private static long Clip(Tower t) => t.Dim + (3L * t.Patch * t.Patch * t.Dim) + ((t.Patches + 1) * t.Dim) + (4L * t.Dim) + (t.Depth * t.Layer);

    /// <summary>LLaVA's: two matrices.</summary>
    private static long Joint(Tower t) => (t.Dim * (long)t.TextHidden) + t.TextHidden + ((long)t.TextHidden * t.TextHidden) + t.TextHidden;

    private static long Siglip(Tower t) => (3L * t.Patch * t.Patch * t.Dim) + t.Dim + (t.Patches * t.Dim) + (2L * t.Dim) + (t.Depth * t.Layer);

    /// <summary>SigLIP with timm's pooling by attention, and two matrices over four tokens.</summary>
    private static long DeepSeek(Tower t)
    {
        long d = t.Dim, h = t.TextHidden;
        long pooling = d + (4 * d * d) + (4 * d) + (2 * d) + (2 * d * t.Ffn) + t.Ffn + d;
        return Siglip(t) + pooling + (4 * d * h) + h + (h * h) + h + (2 * h);
    }

    /// <summary>Patches of two frames, no positions, four patches become a token.</summary>
    private static long Qwen2(Tower t)
    {
        long four = 4L * t.Dim;
        return (6L * t.Patch * t.Patch * t.Dim) + (t.Depth * t.Layer) + (2L * t.Dim) + (four * four) + four + (four * t.TextHidden) + t.TextHidden;
    }

    /// <summary>The same with gates and norms without bias.</summary>
    private static long Qwen25(Tower t)
    {
        long d = t.Dim, four = 4 * d;
        long layer = (4 * d * d) + (4 * d) + (3 * d * t.Ffn) + (2L * t.Ffn) + d + (2 * d);
        return (6L * t.Patch * t.Patch * d) + (t.Depth * layer) + d + (four * four) + four + (four * t.TextHidden) + t.TextHidden;
    }

    /// <summary>Positions from a table, and further outputs from between the layers.</summary>
    private static long Qwen3(Tower t)
    {
        long d = t.Dim, four = 4 * d;
        long join = (four * four) + four + (four * t.TextHidden) + t.TextHidden;
        long deep = t.Config.WholeNumbers("deepstack_visual_indexes")?.Length ?? 0;
        long positions = t.Config.Whole("num_position_embeddings", 0, ConfigKeys.MostFfn) ?? 0;
        return (6L * t.Patch * t.Patch * d) + d + (positions * d) + (t.Depth * t.Layer) + (2 * d) + join + (deep * ((2 * four) + join));
    }

    /// <summary>Tables for tiles and forms of pictures, layers without bias in attention, then some with gates.</summary>
    private static long Mllama(Tower t)
    {
        long d = t.Dim, positions = t.Patches + 1;
        long forms = 1 + (t.Config.IsList("supported_aspect_ratios") ? t.Config.CountOf("supported_aspect_ratios") : 8);
        long tiles = t.Config.Whole("max_num_tiles", 1, 64) ?? 4;
        long layer = (4 * d * d) + (2 * d * t.Ffn) + t.Ffn + d + (4 * d);
        long global = t.Config.Whole("num_global_layers", 0, MostDepth) ?? 8;
        long output = t.Config.Whole("vision_output_dim", 1, ConfigKeys.MostHidden) ?? 7680;
        return (3L * t.Patch * t.Patch * d) + d + 1 + (positions * d) + (forms * tiles * positions * d) + (2 * ((forms * tiles * d) + 1)) + (4 * d)
            + (t.Depth * layer) + (global * (layer + 2)) + (output * t.TextHidden) + t.TextHidden;
    }

    /// <summary>Four patches become one between two matrices without bias.</summary>
    private static long Llama4(Tower t)
    {
        long d = t.Dim;
        long wide = t.Config.Whole("projector_input_dim", 1, ConfigKeys.MostHidden) ?? 4096, output = t.Config.Whole("projector_output_dim", 1, ConfigKeys.MostHidden) ?? 4096;
        return d + (3L * t.Patch * t.Patch * d) + ((t.Patches + 1) * d) + (4 * d) + (t.Depth * t.Layer)
            + (t.Ffn * wide) + (wide * output) + (output * t.TextHidden);
    }

    private sealed record Tower(ModelConfig Config, int Dim, int Depth, int Ffn, int Patch, int Side, int TextHidden)
    {
        public long Patches => (long)(Side / Patch) * (Side / Patch);

        /// <summary>With biases everywhere and two norms with bias.</summary>
        public long Layer => (4L * Dim * Dim) + (4L * Dim) + (2L * Dim * Ffn) + Ffn + Dim + (4L * Dim);
    }
}
