using System.Collections.Frozen;

namespace Orrery.Models.Understanding.Families;

/// <summary>
/// The model types that are known. What a line says is how the family's code in Hugging Face transformers (or in the model's own repository)
/// builds its layers; it is checked against published totals by the tests.
/// </summary>
internal static class FamilyTable
{
    private static readonly Family[] Decoders =
    [
        // :: Like llama
        new("llama") { Vendor = "Meta", Aliases = ["deci"] },
        new("mistral") { Vendor = "Mistral AI", Windows = WindowRule.Every, Aliases = ["mistral3", "pixtral", "ministral"] },
        new("mixtral") { Vendor = "Mistral AI", Windows = WindowRule.Every },
        new("baichuan") { Vendor = "Baichuan" },
        new("xverse") { Vendor = "XVERSE" },
        new("exaone") { Vendor = "LG AI Research" },
        new("exaone4") { Vendor = "LG AI Research", HeadNorm = HeadNorm.PerHead, Windows = WindowRule.AllButEvery, FullEvery = 4 },
        new("internlm") { Vendor = "Shanghai AI Laboratory" },
        new("internlm2") { Vendor = "Shanghai AI Laboratory", Aliases = ["internlm3"] },
        new("minicpm") { Vendor = "OpenBMB", Tied = true },
        new("minicpm3") { Vendor = "OpenBMB", Tied = true },
        new("granite") { Vendor = "IBM", Tied = true },
        new("granitemoe") { Vendor = "IBM", Tied = true, Aliases = ["granitemoeshared"] },
        new("granitemoehybrid") { Vendor = "IBM", Tied = true, Aliases = ["granitehybrid"] },
        new("smollm3") { Vendor = "Hugging Face", Tied = true },
        new("ernie4_5") { Vendor = "Baidu", Tied = true, Aliases = ["ernie4_5_moe", "ernie4_5-moe"], RouterBias = true },
        new("seed_oss") { Vendor = "ByteDance", QkvBias = true },
        new("hunyuan_v1_dense") { Vendor = "Tencent", HeadNorm = HeadNorm.PerHead, Aliases = ["hunyuan_v1_moe", "hunyuan-dense", "hunyuan-moe"] },
        new("aquila") { Vendor = "BAAI" },
        new("yi") { Vendor = "01.AI" },
        new("arcee") { Vendor = "Arcee AI", Gated = false },
        new("dbrx") { Vendor = "Databricks" },
        new("minimax") { Vendor = "MiniMax", Aliases = ["minimax_m2", "minimax_text_01", "minimax-m2"], HeadNorm = HeadNorm.Whole, RouterBias = true },

        // :: Qwen
        new("qwen") { Vendor = "Alibaba", QkvBias = true, HalvedFfn = true },
        new("qwen2") { Vendor = "Alibaba", QkvBias = true, Windows = WindowRule.Flagged, Aliases = ["qwen2_vl", "qwen2_vl_text", "qwen2_5_vl", "qwen2_5_vl_text", "qwen2_audio", "qwen2_5_omni", "qwen2vl"] },
        new("qwen2_moe") { Vendor = "Alibaba", QkvBias = true, Windows = WindowRule.Flagged, GatedSharedExpert = true, Aliases = ["qwen2moe"] },
        new("qwen3") { Vendor = "Alibaba", HeadNorm = HeadNorm.PerHead, Windows = WindowRule.Flagged, Aliases = ["qwen3_moe", "qwen3_vl", "qwen3_vl_text", "qwen3_vl_moe", "qwen3_vl_moe_text", "qwen3_omni_moe", "qwen3moe", "qwen3vl", "qwen3vlmoe"] },
        new("qwen3_next") { Vendor = "Alibaba", HeadNorm = HeadNorm.PerHead, GatedSharedExpert = true, Aliases = ["qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text", "qwen3next", "qwen35", "qwen35moe"] },

        // :: Google
        new("gemma") { Vendor = "Google", Tied = true, Aliases = ["paligemma"] },
        new("gemma2") { Vendor = "Google", Tied = true, Norms = 4, Windows = WindowRule.Even },
        new("gemma3_text") { Vendor = "Google", Tied = true, Norms = 4, HeadNorm = HeadNorm.PerHead, Windows = WindowRule.AllButEvery, FullEvery = 6, Aliases = ["gemma3"] },
        new("gemma3n_text") { Vendor = "Google", Tied = true, Norms = 4, HeadNorm = HeadNorm.PerHead, Windows = WindowRule.AllButEvery, FullEvery = 5, Aliases = ["gemma3n"] },

        // :: Microsoft
        new("phi") { Vendor = "Microsoft", Gated = false, QkvBias = true, OutputBias = true, FfnBias = true, NormBias = true, HeadBias = true, Norms = 1, Aliases = ["phi2"] },
        new("phi3") { Vendor = "Microsoft", Windows = WindowRule.Every, Aliases = ["phi3_v", "phi4mm"] },
        new("phi3small") { Vendor = "Microsoft", QkvBias = true, OutputBias = true, FfnBias = true, NormBias = true, Tied = true },
        new("phimoe") { Vendor = "Microsoft", QkvBias = true, OutputBias = true, NormBias = true, HeadBias = true, Windows = WindowRule.Every },

        // :: OpenAI
        new("gpt_oss") { Vendor = "OpenAI", QkvBias = true, OutputBias = true, Windows = WindowRule.Even, IsGptOss = true, Aliases = ["gpt-oss"] },
        new("gpt2") { Vendor = "OpenAI", Gated = false, QkvBias = true, OutputBias = true, FfnBias = true, NormBias = true, Tied = true, LearnedPositions = true },

        // :: Latent attention
        new("deepseek_v2") { Vendor = "DeepSeek", Aliases = ["deepseek2", "deepseek_vl_v2", "deepseek"] },
        new("deepseek_v3") { Vendor = "DeepSeek", RouterBias = true, Aliases = ["deepseek_v32"] },
        new("kimi_k2") { Vendor = "Moonshot AI", RouterBias = true, Aliases = ["kimi_k25", "kimi_vl"] },

        // :: Others
        new("cohere") { Vendor = "Cohere", Norms = 1, Tied = true, Aliases = ["command-r"] },
        new("cohere2") { Vendor = "Cohere", Norms = 1, Tied = true, Windows = WindowRule.AllButEvery, FullEvery = 4, Aliases = ["aya_vision", "cohere2_vision"] },
        new("chatglm") { Vendor = "Zhipu AI", QkvBias = true, BiasIsQkvOnly = true, Aliases = ["glm"] },
        new("glm4") { Vendor = "Zhipu AI", Norms = 4, BiasIsQkvOnly = true, Aliases = ["glm4v", "glm4v_text"] },
        new("glm4_moe") { Vendor = "Zhipu AI", BiasIsQkvOnly = true, RouterBias = true, Aliases = ["glm4v_moe", "glm4v_moe_text", "glm4moe"] },
        new("llama4_text") { Vendor = "Meta", Windows = WindowRule.AllButEvery, FullEvery = 4, Aliases = ["llama4"] },
        new("mllama") { Vendor = "Meta", Aliases = ["mllama_text_model"] },
        new("stablelm") { Vendor = "Stability AI", NormBias = true },
        new("starcoder2") { Vendor = "BigCode", Gated = false, QkvBias = true, OutputBias = true, FfnBias = true, NormBias = true, Tied = true, Windows = WindowRule.Every },
        new("gpt_bigcode") { Vendor = "BigCode", Gated = false, QkvBias = true, OutputBias = true, FfnBias = true, NormBias = true, Tied = true, LearnedPositions = true, Aliases = ["starcoder"] },
        new("gpt_neox") { Vendor = "EleutherAI", Gated = false, QkvBias = true, OutputBias = true, FfnBias = true, NormBias = true, Aliases = ["gptneox"] },
        new("falcon") { Vendor = "TII", Gated = false, NormBias = true, Norms = 1, Tied = true },
        new("falcon_h1") { Vendor = "TII", Aliases = ["falcon-h1"] },
        new("mpt") { Vendor = "MosaicML", Gated = false, Tied = true },
        new("opt") { Vendor = "Meta", Gated = false, QkvBias = true, OutputBias = true, FfnBias = true, NormBias = true, Tied = true, LearnedPositions = true },
        new("bloom") { Vendor = "BigScience", Gated = false, QkvBias = true, OutputBias = true, FfnBias = true, NormBias = true, Tied = true },
        new("olmo") { Vendor = "Ai2", Norms = 0 },
        new("olmo2") { Vendor = "Ai2", HeadNorm = HeadNorm.Whole },
        new("olmo3") { Vendor = "Ai2", HeadNorm = HeadNorm.Whole, Windows = WindowRule.AllButEvery, FullEvery = 4 },
        new("olmoe") { Vendor = "Ai2", HeadNorm = HeadNorm.Whole },
        new("nemotron") { Vendor = "NVIDIA", Gated = false, NormBias = true },
        new("nemotron_h") { Vendor = "NVIDIA", Gated = false, Norms = 1, RouterBias = true, Aliases = ["nemotron_h_moe"] },
        new("apertus") { Vendor = "Swiss AI", Gated = false, HeadNorm = HeadNorm.PerHead },
        new("lfm2") { Vendor = "Liquid AI", HeadNorm = HeadNorm.PerHead, Tied = true, Aliases = ["lfm2_moe", "lfm2moe"] },
        new("jamba") { Vendor = "AI21 Labs" },
        new("bamba") { Vendor = "IBM" },
        new("mamba") { Vendor = "State Spaces", Norms = 1, Tied = true, Aliases = ["falcon_mamba"] },
        new("mamba2") { Vendor = "State Spaces", Norms = 1, Tied = true, Aliases = ["codestral_mamba"] },
    ];

    private static readonly Family Bert = new("bert")
    {
        Vendor = "Google", Role = FamilyRole.Encoder, Gated = false, QkvBias = true, OutputBias = true, FfnBias = true, NormBias = true, LearnedPositions = true,
    };

    private static readonly Family[] Others =
    [
        Bert,
        Bert with { ModelType = "roberta", Vendor = "Meta", Aliases = ["camembert", "mpnet"] },
        Bert with { ModelType = "xlm-roberta", Vendor = "Meta", Aliases = ["xlm-roberta-xl"] },
        Bert with { ModelType = "distilbert", Vendor = "Hugging Face" },
        Bert with { ModelType = "electra", Aliases = ["albert", "deberta", "deberta-v2", "ernie"] },
        Bert with { ModelType = "nomic_bert", Vendor = "Nomic AI", LearnedPositions = false, Gated = true, QkvBias = false, OutputBias = false, FfnBias = false, Aliases = ["nomic-bert", "nomic-bert-moe"] },
        Bert with { ModelType = "new", Vendor = "Alibaba", LearnedPositions = false, Aliases = ["gte"] },
        Bert with { ModelType = "jina_bert", Vendor = "Jina AI", LearnedPositions = false, Aliases = ["jina-bert-v2"] },
        new("modernbert") { Vendor = "Answer.AI", Role = FamilyRole.Encoder, Aliases = ["modern-bert"] },
        new("t5") { Vendor = "Google", Role = FamilyRole.EncoderDecoder, Aliases = ["mt5", "umt5", "t5gemma", "t5encoder"] },
        new("bart") { Vendor = "Meta", Role = FamilyRole.EncoderDecoder, Aliases = ["mbart", "m2m_100", "marian", "pegasus"] },
        new("whisper") { Vendor = "OpenAI", Role = FamilyRole.Speech },
        new("wav2vec2") { Vendor = "Meta", Role = FamilyRole.Speech, Aliases = ["wav2vec2-bert", "wav2vec2-conformer", "hubert", "wavlm", "speech_to_text", "seamless_m4t", "moonshine", "parakeet_ctc"] },
        new("vits") { Vendor = "Meta", Role = FamilyRole.Voice, Aliases = ["speecht5", "bark", "csm", "parler_tts", "dia", "qwen3_tts"] },
        new("clip") { Vendor = "OpenAI", Role = FamilyRole.Image, Aliases = ["clip_vision_model", "clip_text_model", "chinese_clip"] },
        new("siglip") { Vendor = "Google", Role = FamilyRole.Image, Aliases = ["siglip2", "siglip_vision_model", "vit", "dinov2", "dinov3_vit"] },
    ];

    /// <summary>Those that only join a tower to another family's text model, which their config holds; with their makers.</summary>
    private static readonly FrozenDictionary<string, string?> Joined = new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["llava"] = null, ["llava_next"] = null, ["llava_onevision"] = null, ["llava_llama"] = null, ["llava_qwen"] = null, ["idefics3"] = "Hugging Face", ["smolvlm"] = "Hugging Face",
        ["internvl"] = "Shanghai AI Laboratory", ["internvl_chat"] = "Shanghai AI Laboratory", ["multi_modality"] = "DeepSeek", ["janus"] = "DeepSeek", ["minicpmv"] = "OpenBMB", ["minicpmo"] = "OpenBMB",
        ["voxtral"] = "Mistral AI", ["ultravox"] = "Fixie AI", ["molmo"] = "Ai2", ["ovis"] = "Alibaba",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Family> ByName = Decoders.Concat(Others)
        .SelectMany(family => family.Aliases.Prepend(family.ModelType).Select(name => KeyValuePair.Create(name, family)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null: nothing is known of it.</summary>
    public static Family? Find(string? modelType) => modelType is null ? null : ByName.GetValueOrDefault(modelType);

    /// <summary>Whether the model type is known, also as one that joins others.</summary>
    public static bool IsKnown(string? modelType) => modelType is not null && (ByName.ContainsKey(modelType) || Joined.ContainsKey(modelType));

    public static string? VendorOf(string? modelType) => Find(modelType)?.Vendor ?? (modelType is null ? null : Joined.GetValueOrDefault(modelType));
}
