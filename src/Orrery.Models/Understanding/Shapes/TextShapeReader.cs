using Orrery.Models.Understanding.Families;

namespace Orrery.Models.Understanding.Shapes;

/// <summary>From config.json to the shape of the text model.</summary>
internal static class TextShapeReader
{
    /// <returns>Null: a width, the layers, the heads or the vocabulary are missing.</returns>
    /// <exception cref="InvalidModelFileException">A value is of another type or out of bounds.</exception>
    public static TextShape? Read(TextConfig config)
    {
        var (text, family) = (config.Text, Overridden(config));
        var unsaid = Unsaid.Of(config);
        int? hidden = text.Whole(ConfigKeys.Hidden, 1, ConfigKeys.MostHidden) ?? unsaid?.Hidden;
        int? layers = text.Whole(ConfigKeys.Layers, 1, ConfigKeys.MostLayers) ?? unsaid?.Layers;
        int? vocabulary = text.Whole(ConfigKeys.Vocabulary, 1, ConfigKeys.MostVocabulary) ?? unsaid?.Vocabulary;
        if (hidden is not { } dim || layers is not { } count || vocabulary is not { } words)
            return null;
        if (MixerReader.For(config, dim, count) is not { } mixers)
            return null;
        var feeds = FeedForwardReader.For(config, dim, count);

        bool learned = family.LearnedPositions && text.Text("position_embedding_type") is null or "absolute";
        return new TextShape(family, dim, words, [.. mixers.Zip(feeds, (mixer, feed) => new LayerShape(mixer, feed))], config.Truth("tie_word_embeddings") ?? family.Tied)
        {
            Positions = learned ? (text.Whole(ConfigKeys.Context, 1, int.MaxValue) ?? 0) + (family.ModelType == "opt" ? 2 : 0) : 0,
            TokenTypes = family is { Role: FamilyRole.Encoder, LearnedPositions: true, ModelType: not "distilbert" } ? text.Whole("type_vocab_size", 0, ConfigKeys.MostFfn) ?? 2 : 0,
            ExtraTokens = family.ModelType == "mllama" ? 8 : 0,
        };
    }

    /// <summary>The family with what the config itself says of biases and norms.</summary>
    private static Family Overridden(TextConfig config)
    {
        var (text, family) = (config.Text, config.Family);
        if (text.Truth("attention_bias") is { } biased && family.Role == FamilyRole.Decoder && family.ModelType is not ("phi3small" or "gpt_oss"))
            family = family with { QkvBias = biased || family.ModelType is "qwen2" or "qwen2_moe", OutputBias = biased && !family.BiasIsQkvOnly };
        if ((text.Truth("use_qkv_bias") ?? text.Truth("add_qkv_bias")) is { } qkv)
            family = family with { QkvBias = qkv };
        if ((text.Truth("mlp_bias") ?? text.Truth("add_bias_linear")) is { } ffn)
            family = family with { FfnBias = ffn, OutputBias = family.OutputBias || ffn && text.Contains("add_bias_linear") };
        if ((family.ModelType is "internlm" or "internlm2" && text.Truth("bias") is true) || text.Truth("use_bias") is true)
            family = family with { QkvBias = true, OutputBias = true, FfnBias = family.ModelType is "starcoder2" or "ernie4_5" };
        if (text.Truth("use_qk_norm") is true || text.Truth("qk_layernorm") is true)
            family = family with { HeadNorm = family.HeadNorm == HeadNorm.None ? HeadNorm.PerHead : family.HeadNorm };
        if (family.ModelType == "falcon" && text.Truth("new_decoder_architecture") is true)
            family = family with { Norms = 2 };
        return family;
    }
}
