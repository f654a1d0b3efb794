using System.Collections.Immutable;
using Orrery.Models.Safetensors;
using Orrery.Models.Understanding.Families;

namespace Orrery.Models.Understanding.Shapes;

internal enum LayerKind
{
    Full,
    Window,
    Cross,
    Recurrent,

    /// <summary>Attention and a recurrent part side by side.</summary>
    Both,

    None,
}

/// <summary>Which layers of a model are of which kind, in all the ways in which configs say it.</summary>
internal static class LayerKinds
{
    public static ImmutableArray<LayerKind> Of(TextConfig config, int layers)
    {
        var text = config.Text;
        return config.Family.ModelType switch
        {
            "mamba" or "mamba2" => All(layers, _ => LayerKind.Recurrent),
            "falcon_h1" => All(layers, _ => LayerKind.Both),
            _ when Named(text, layers) is { } named => named,
            "mllama" => Listed(text, "cross_attention_layers", layers, LayerKind.Cross, LayerKind.Full),
            "bamba" => Listed(text, "attn_layer_indices", layers, LayerKind.Full, LayerKind.Recurrent),
            "lfm2" => Listed(text, "full_attn_idxs", layers, LayerKind.Full, LayerKind.Recurrent),
            "minimax" when text.WholeNumbers("attn_type_list") is { } types => All(layers, layer => layer < types.Length && types[layer] == 0 ? LayerKind.Recurrent : LayerKind.Full),
            "nemotron_h" when text.Text("hybrid_override_pattern") is { } pattern => All(layers, layer => layer >= pattern.Length ? LayerKind.None : pattern[layer] switch
            {
                'M' => LayerKind.Recurrent,
                '*' => LayerKind.Full,
                _ => LayerKind.None,
            }),
            "jamba" => Every(text, layers, "attn_layer_period", 8, "attn_layer_offset", 4),
            "qwen3_next" => All(layers, Fourth(text.Whole("full_attention_interval", 1, ConfigKeys.MostLayers) ?? 4)),
            _ => Windowed(config, layers),
        };
    }

    private static ImmutableArray<LayerKind>? Named(ModelConfig text, int layers)
    {
        string key = text.Contains("layer_types") ? "layer_types" : "layers_block_type";
        if (text.Texts(key) is not { } types)
            return null;
        if (types.Length != layers)
            throw text.Invalid(key, $"has {types.Length} entries for {layers} layers");
        return [.. types.Select(type => type switch
        {
            "sliding_attention" or "chunked_attention" => LayerKind.Window,
            "linear_attention" or "mamba" or "mamba2" or "conv" or "recurrent" => LayerKind.Recurrent,
            "hybrid" => LayerKind.Both,
            _ => LayerKind.Full,
        })];
    }

    private static ImmutableArray<LayerKind> Windowed(TextConfig config, int layers)
    {
        var text = config.Text;
        bool hasWindow = text.Whole(["sliding_window", "attention_chunk_size"], 0, int.MaxValue) is > 0 && text.Truth("use_sliding_window") is not false;
        switch (config.Family.Windows)
        {
            case WindowRule.Every when hasWindow:
                return All(layers, _ => LayerKind.Window);
            case WindowRule.Flagged when hasWindow && text.Truth("use_sliding_window") is true:
                int first = text.Whole("max_window_layers", 0, int.MaxValue) ?? 0;
                return All(layers, layer => layer >= first ? LayerKind.Window : LayerKind.Full);
            case WindowRule.Even when hasWindow || config.Family.ModelType == "gemma2":
                return All(layers, layer => layer % 2 == 0 ? LayerKind.Window : LayerKind.Full);
            case WindowRule.AllButEvery when hasWindow:
                int every = Pattern(text) ?? config.Family.FullEvery;
                return All(layers, layer => (layer + 1) % every == 0 ? LayerKind.Full : LayerKind.Window);
            default:
                return All(layers, _ => LayerKind.Full);
        }
    }

    /// <summary>A number, or as <c>LLLG</c>.</summary>
    private static int? Pattern(ModelConfig text)
    {
        foreach (string key in (string[])["sliding_window_pattern", "_sliding_window_pattern"])
        {
            if (text.Contains(key))
                return text.IsText(key) ? Math.Max(1, text.Text(key)!.Length) : text.Whole(key, 1, ConfigKeys.MostLayers);
        }
        return null;
    }

    private static ImmutableArray<LayerKind> All(int layers, Func<int, LayerKind> kind) => [.. Enumerable.Range(0, layers).Select(kind)];

    private static Func<int, LayerKind> Fourth(int interval) => layer => (layer + 1) % interval == 0 ? LayerKind.Full : LayerKind.Recurrent;

    private static ImmutableArray<LayerKind> Every(ModelConfig text, int layers, string periodKey, int period, string offsetKey, int offset)
    {
        int every = text.Whole(periodKey, 1, ConfigKeys.MostLayers) ?? period, from = text.Whole(offsetKey, 0, ConfigKeys.MostLayers) ?? offset;
        return All(layers, layer => layer % every == from % every ? LayerKind.Full : LayerKind.Recurrent);
    }

    private static ImmutableArray<LayerKind> Listed(ModelConfig text, string key, int layers, LayerKind listed, LayerKind others)
    {
        var list = text.WholeNumbers(key) ?? [];
        return All(layers, layer => list.Contains(layer) ? listed : others);
    }
}
