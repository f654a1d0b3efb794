using Orrery.Models.Understanding;

namespace Orrery.Models.Tests.Understanding;

/// <summary>
/// Every config of <c>tests/Data/configs</c>, and what is to be found in it. The numbers were worked out from what is published of each model:
/// "published" is the number of weights in its files on Hugging Face (where only a rounded one is known, that), or the maker's own for those
/// that are marked with a star, whose config differs from the published one.
/// </summary>
public sealed class PublishedModelsTests
{
    private const string Table = """
        file                  | model type     | architecture                       | parameters     | published      | active         | context | rope     | KV B/token        | quantization        | can                       | vendor
        baichuan2_7b          | baichuan       | BaichuanForCausalLM                | 7505973248     | 7505973248     | 7505973248     | 4096    |          | 524288            | BF16                | TextToText                 | Baichuan
        chatglm3_6b           | chatglm        | ChatGLMModel                       | 6243584000     | 6243584000     | 6243584000     | 8192    |          | 28672             | F16                 | TextToText                 | Zhipu AI
        command_r_35b         | cohere         | CohereForCausalLM                  | 34980831232    | 34980831232    | 34980831232    | 131072  |          | 1310720           | BF16                | TextToText                 | Cohere
        dbrx_132b *           | dbrx           | DbrxForCausalLM                    | 157970307072   | 131596523520   | 43818129408    | 32768   |          | 294912            | BF16                | TextToText                 | Databricks
        deepseek_vl2_tiny     | deepseek_vl_v2 | deepseek_vl_v2                     | 3370501440     | 3370000000     | 1175373120     | 4096    |          | 61440             | BF16                | ImageTextToText TextToText | DeepSeek
        exaone_7.8b           | exaone         | ExaoneForCausalLM                  | 7818448896     | 7818448896     | 7818448896     | 32768   | llama3   | 131072            | F32                 | TextToText                 | LG AI Research
        gemma3_text           | gemma3_text    | Gemma3ForCausalLM                  | 999885952      | 999885952      | 999885952      | 32768   |          | 26624:22528/512   | BF16                | TextToText                 | Google
        gemma_2_2b_it         | gemma2         | Gemma2ForCausalLM                  | 2614341888     | 2614341888     | 2614341888     | 8192    |          | 106496:53248/4096 | BF16                | TextToText                 | Google
        gemma_7b              | gemma          | GemmaForCausalLM                   | 8537680896     | 8537680896     | 8537680896     | 8192    |          | 458752            | BF16                | TextToText                 | Google
        gpt_oss_120b          | gpt_oss        | GptOssForCausalLM                  | 116829156672   | 116829156672   | 5711982912     | 131072  | yarn     | 73728:36864/128   | mxfp4               | TextToText                 | OpenAI
        gte_qwen2_7b          | qwen2          | Qwen2ForCausalLM                   | 7612620288     | 7610000000     | 7612620288     | 131072  |          | 57344             | F32                 | Embedding                  | Alibaba
        internlm2_reward      | internlm2      | InternLM2ForRewardModel            | 7358652416     | 7360000000     | 7358652416     | 32768   |          | 131072            | F16                 | TextClassification         | Shanghai AI Laboratory
        kimi_k2_instruct      | kimi_k2        | DeepseekV3ForCausalLM              | 1026408232448  | 1026000000000  | 32861500928    | 131072  | yarn     | 70272             | fp8                 | TextToText                 | Moonshot AI
        llama3_1              | llama          | LlamaForCausalLM                   | 70553706496    | 70553706496    | 70553706496    | 131072  | llama3   | 327680            | BF16                | TextToText                 | Meta
        llama3_2_11b_vision   | mllama         | MllamaForConditionalGeneration     | 10670220835    | 10670220835    | 10670220835    | 131072  | llama3   | 131072            | BF16                | ImageTextToText TextToText | Meta
        llama3_2_3b           | llama          | LlamaForCausalLM                   | 3212749824     | 3212749824     | 3212749824     | 131072  | llama3   | 114688            | BF16                | TextToText                 | Meta
        llama4                | llama4         | Llama4ForConditionalGeneration     | 401583781376   | 401583781376   | 18056623616    | 1048576 |          | 196608:147456/8192 | compressed-tensors | ImageTextToText TextToText | Meta
        llava_1.5_7b_hf       | llava          | LlavaForConditionalGeneration      | 7063427072     | 7063427072     | 7063427072     | 4096    |          | 524288            | F16                 | ImageTextToText TextToText |
        minicpm3_4b           | minicpm3       | MiniCPM3ForCausalLM                | 4073875968     | 4070000000     | 4073875968     | 32768   | longrope | 35712             | BF16                | TextToText                 | OpenBMB
        mistral_7b_instruct   | mistral        | MistralForCausalLM                 | 7241732096     | 7241732096     | 7241732096     | 32768   |          | 131072            | BF16                | TextToText                 | Mistral AI
        phi3                  | phi3           | Phi3ForCausalLM                    | 3821079552     | 3821079552     | 3821079552     | 131072  | longrope | 393216            | BF16                | TextToText                 | Microsoft
        phi3small             | phi3small      | Phi3SmallForCausalLM               | 7392272384     | 7392272384     | 7392272384     | 8192    |          | 131072            | BF16                | TextToText                 | Microsoft
        qwen2.5_0.5b          | qwen2          | Qwen2ForCausalLM                   | 494032768      | 494032768      | 494032768      | 32768   |          | 12288             | BF16                | TextToText                 | Alibaba
        qwen2.5_14b           | qwen2          | Qwen2ForCausalLM                   | 14770033664    | 14770033664    | 14770033664    | 131072  |          | 196608            | BF16                | TextToText                 | Alibaba
        qwen2.5_3b            | qwen2          | Qwen2ForCausalLM                   | 3085938688     | 3085938688     | 3085938688     | 32768   |          | 36864             | BF16                | TextToText                 | Alibaba
        qwen2.5_7b            | qwen2          | Qwen2ForCausalLM                   | 7615616512     | 7615616512     | 7615616512     | 131072  |          | 57344             | BF16                | TextToText                 | Alibaba
        qwen2_7b              | qwen2          | Qwen2ForCausalLM                   | 7615616512     | 7615616512     | 7615616512     | 131072  |          | 57344             | BF16                | TextToText                 | Alibaba
        qwen2_vl_7b           | qwen2_vl       | Qwen2VLForConditionalGeneration    | 8291375616     | 8291375616     | 8291375616     | 32768   |          | 57344             | BF16                | ImageTextToText TextToText | Alibaba
        qwen3_4b              | qwen3          | Qwen3ForCausalLM                   | 4022468096     | 4022468096     | 4022468096     | 40960   |          | 147456            | BF16                | TextToText                 | Alibaba
        qwen3_5_35b_a3b *     | qwen3_5_moe    | Qwen3_5MoeForConditionalGeneration | 22402981632    | 35000000000    | 4283588352     | 262144  |          | 49152+77266944    | BF16                | ImageTextToText TextToText | Alibaba
        qwen3_embedding_8b    | qwen3          | Qwen3ForCausalLM                   | 7567295488     | 7567295488     | 7567295488     | 40960   |          | 147456            | BF16                | Embedding                  | Alibaba
        qwen3_vl_2b_instruct  | qwen3_vl       | Qwen3VLForConditionalGeneration    | 2127532032     | 2127532032     | 2127532032     | 262144  |          | 114688            | BF16                | ImageTextToText TextToText | Alibaba
        qwen_7b               | qwen           | QWenLMHeadModel                    | 7721324544     | 7721324544     | 7721324544     | 32768   | dynamic  | 524288            | BF16                | TextToText                 | Alibaba
        smollm_1.7b           | llama          | LlamaForCausalLM                   | 1711376384     | 1711376384     | 1711376384     | 2048    |          | 196608            | F32                 | TextToText                 | Meta
        xverse_7b             | xverse         | XverseForCausalLM                  | 7299846144     | 7300000000     | 7299846144     | 8192    |          | 524288            | BF16                | TextToText                 | XVERSE
        """;

    /// <summary>How far an estimate may be from what is published, of it: as much as numbers are rounded to.</summary>
    private const double Rounding = 0.002;

    public static TheoryData<string> Rows => [.. Table.Split('\n').Skip(1)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_config_alone_says_this_much(string row)
    {
        string[] cells = [.. row.Split('|').Select(cell => cell.Trim())];
        string file = cells[0].Split(' ')[0];
        var summary = Read(file);

        string found = string.Join(" | ", cells[0], summary.ModelType, summary.Architecture, summary.Parameters!.Total, cells[4], summary.Parameters.Active, summary.ContextTokens, summary.RopeScaling, Kv(summary.KvCache!), summary.Quantization,
            string.Join(' ', summary.Capabilities), summary.FamilyVendor);

        Assert.Equal(string.Join(" | ", cells), found);
        Assert.True(summary.IsKnown);
        Assert.Equal(ParameterOrigin.Estimated, summary.Parameters.Origin);
        double published = double.Parse(cells[4], System.Globalization.CultureInfo.InvariantCulture);
        if (!cells[0].EndsWith('*'))
            Assert.InRange(summary.Parameters.Total / published, 1 - Rounding, 1 + Rounding);
    }

    [Fact]
    public void Every_config_has_a_row()
    {
        var files = Directory.GetFiles(Repository.File("tests", "Data", "configs"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

        Assert.Equal(files, Rows.Select(row => row.Data.Split('|')[0].Trim().Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Weights_count_once_however_often_they_are_stored()
    {
        var summary = ModelSummary.Read(Repository.File("tests", "Data", "configs", "tiny-random-PhiModel"));

        Assert.Equal((46_282L, ParameterOrigin.Counted, "F32"), (summary.Parameters!.Total, summary.Parameters.Origin, summary.Quantization));
        Assert.Equal(("safetensors", "PhiModel", 512, 256L), (summary.Format, summary.Architecture, summary.ContextTokens, summary.KvCache!.BytesPerToken));
        Assert.Equal([ModelCapability.Embedding], summary.Capabilities);
        Assert.Contains("in more than one file", Assert.Single(summary.Notes), StringComparison.Ordinal);
    }

    /// <summary>The formula against the tensors themselves.</summary>
    [Fact]
    public void What_is_estimated_of_a_small_model_is_what_is_counted()
    {
        byte[] config = File.ReadAllBytes(Repository.File("tests", "Data", "configs", "tiny-random-PhiModel", "config.json"));

        Assert.Equal(46_282, ModelSummary.Of(new ModelDocuments("m", config)).Parameters!.Total);
    }

    /// <summary>Published totals of families without a file here, or whose file differs.</summary>
    [Theory]
    [InlineData("DBRX", 131_596_523_520, 36_469_708_800, """{"model_type": "dbrx", "d_model": 6144, "n_heads": 48, "n_layers": 40, "vocab_size": 100352, "max_seq_len": 32768, "ffn_config": {"ffn_hidden_size": 10752, "moe_num_experts": 16, "moe_top_k": 4}, "attn_config": {"kv_n_heads": 8}}""")]
    [InlineData("Mixtral 8x7B", 46_702_792_704, 12_879_925_248, """{"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2, "vocab_size": 32000}""")]
    [InlineData("Mixtral 8x22B", 140_620_634_112, 39_152_031_744, """{"model_type": "mixtral", "hidden_size": 6144, "intermediate_size": 16384, "num_attention_heads": 48, "num_hidden_layers": 56, "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2, "vocab_size": 32000}""")]
    [InlineData("Qwen3 30B A3B", 30_532_122_624, 3_353_032_704, """{"model_type": "qwen3_moe", "head_dim": 128, "hidden_size": 2048, "intermediate_size": 6144, "moe_intermediate_size": 768, "num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 48, "num_key_value_heads": 4, "decoder_sparse_step": 1, "mlp_only_layers": [], "tie_word_embeddings": false, "vocab_size": 151936}""")]
    [InlineData("Qwen3 Next 80B A3B", 79_674_391_296, 3_874_929_408, """{"model_type": "qwen3_next", "head_dim": 256, "hidden_size": 2048, "intermediate_size": 5120, "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512, "num_attention_heads": 16, "num_key_value_heads": 2, "num_experts": 512, "num_experts_per_tok": 10, "num_hidden_layers": 48, "decoder_sparse_step": 1, "full_attention_interval": 4, "linear_num_key_heads": 16, "linear_num_value_heads": 32, "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4, "vocab_size": 151936}""")]
    [InlineData("DeepSeek V3", 671_026_419_200, 37_552_297_472, """{"model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432, "moe_intermediate_size": 2048, "num_attention_heads": 128, "num_key_value_heads": 128, "num_hidden_layers": 61, "first_k_dense_replace": 3, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "vocab_size": 129280}""")]
    [InlineData("Jamba 0.1", 51_570_323_328, 12_110_311_296, """{"model_type": "jamba", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32, "num_key_value_heads": 8, "num_hidden_layers": 32, "attn_layer_period": 8, "attn_layer_offset": 4, "expert_layer_period": 2, "expert_layer_offset": 1, "num_experts": 16, "num_experts_per_tok": 2, "mamba_d_state": 16, "mamba_d_conv": 4, "mamba_expand": 2, "mamba_dt_rank": 256, "vocab_size": 65536}""")]
    [InlineData("Phi 3.5 MoE", 41_873_153_344, 6_640_999_744, """{"model_type": "phimoe", "attention_bias": true, "hidden_size": 4096, "intermediate_size": 6400, "num_attention_heads": 32, "num_key_value_heads": 8, "num_hidden_layers": 32, "num_local_experts": 16, "num_experts_per_tok": 2, "vocab_size": 32064}""")]
    [InlineData("Gemma 3 4B", 4_300_079_472, 4_300_079_472, """{"model_type": "gemma3", "text_config": {"model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34, "sliding_window": 1024}, "vision_config": {"model_type": "siglip_vision_model", "hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "num_attention_heads": 16, "image_size": 896, "patch_size": 14, "vision_use_head": false}}""")]
    [InlineData("Qwen2.5 VL 7B", 8_292_166_656, 8_292_166_656, """{"model_type": "qwen2_5_vl", "hidden_size": 3584, "intermediate_size": 18944, "num_attention_heads": 28, "num_key_value_heads": 4, "num_hidden_layers": 28, "vocab_size": 152064, "vision_config": {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "out_hidden_size": 3584, "patch_size": 14}}""")]
    [InlineData("Falcon 7B", 6_921_720_704, 6_921_720_704, """{"model_type": "falcon", "hidden_size": 4544, "num_attention_heads": 71, "num_kv_heads": 71, "multi_query": true, "new_decoder_architecture": false, "num_hidden_layers": 32, "vocab_size": 65024}""")]
    [InlineData("OPT 125M", 125_239_296, 125_239_296, """{"model_type": "opt", "hidden_size": 768, "ffn_dim": 3072, "num_attention_heads": 12, "num_hidden_layers": 12, "max_position_embeddings": 2048, "vocab_size": 50272}""")]
    [InlineData("gpt2", 124_439_808, 124_439_808, """{"model_type": "gpt2", "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "n_ctx": 1024, "vocab_size": 50257}""")]
    [InlineData("BERT base", 109_482_240, 109_482_240, """{"model_type": "bert", "architectures": ["BertModel"], "hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12, "max_position_embeddings": 512, "type_vocab_size": 2, "vocab_size": 30522}""")]
    [InlineData("XLM-RoBERTa base", 278_043_648, 278_043_648, """{"model_type": "xlm-roberta", "architectures": ["XLMRobertaModel"], "hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12, "max_position_embeddings": 514, "pad_token_id": 1, "type_vocab_size": 1, "vocab_size": 250002}""")]
    [InlineData("Phi 2", 2_779_683_840, 2_779_683_840, """{"model_type": "phi", "hidden_size": 2560, "intermediate_size": 10240, "num_attention_heads": 32, "num_hidden_layers": 32, "max_position_embeddings": 2048, "vocab_size": 51200}""")]
    [InlineData("StableLM 3B", 2_795_443_200, 2_795_443_200, """{"model_type": "stablelm", "hidden_size": 2560, "intermediate_size": 6912, "num_attention_heads": 32, "num_key_value_heads": 32, "num_hidden_layers": 32, "use_qkv_bias": false, "vocab_size": 50304}""")]
    [InlineData("OLMoE 1B 7B", 6_919_161_856, 1_282_017_280, """{"model_type": "olmoe", "hidden_size": 2048, "intermediate_size": 1024, "num_attention_heads": 16, "num_key_value_heads": 16, "num_hidden_layers": 16, "num_experts": 64, "num_experts_per_tok": 8, "vocab_size": 50304}""")]
    [InlineData("Nemotron 3 Nano 30B A3B", 31_577_940_288, 3_580_076_352, """{"model_type": "nemotron_h", "hidden_size": 2688, "intermediate_size": 1856, "moe_intermediate_size": 1856, "moe_shared_expert_intermediate_size": 3712, "n_routed_experts": 128, "n_shared_experts": 1, "num_experts_per_tok": 6, "num_hidden_layers": 52, "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME", "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 128, "mamba_num_heads": 64, "mamba_head_dim": 64, "ssm_state_size": 128, "n_groups": 8, "conv_kernel": 4, "vocab_size": 131072}""")]
    [InlineData("Mamba 130M", 129_135_360, 129_135_360, """{"model_type": "mamba", "hidden_size": 768, "intermediate_size": 1536, "num_hidden_layers": 24, "state_size": 16, "time_step_rank": 48, "conv_kernel": 4, "vocab_size": 50280}""")]
    public void An_estimate_is_the_published_total(string name, long total, long active, string config)
    {
        var summary = ModelSummary.Of(new ModelDocuments(name, System.Text.Encoding.UTF8.GetBytes(config)));

        Assert.Equal((total, active), (summary.Parameters!.Total, summary.Parameters.Active));
    }

    /// <summary>The index of real shards says as much as the formula does.</summary>
    [Theory]
    [InlineData("fetchwiki+deepcogito-cogito-v1-preview-qwen-14B", 14_765_947_904)]
    [InlineData("fetchwiki+mistralai-Devstral-Small-2507", 23_572_403_200)]
    public void An_index_without_its_shards_gives_the_total(string folder, long total)
    {
        string path = Repository.Shared("models", "configs", "index", folder);

        var summary = ModelSummary.Read(path);
        var alone = ModelSummary.Of(new ModelDocuments("m", File.ReadAllBytes(Path.Combine(path, "config.json"))));

        Assert.Equal((total, ParameterOrigin.Index, (string?)null), (summary.Parameters!.Total, summary.Parameters.Origin, summary.Format));
        Assert.Equal((total, ParameterOrigin.Estimated), (alone.Parameters!.Total, alone.Parameters.Origin));
    }

    private static ModelSummary Read(string file) => ModelSummary.Of(new ModelDocuments(file, File.ReadAllBytes(Repository.File("tests", "Data", "configs", file + ".json"))));

    /// <summary>All, then those in layers with a window / its tokens, then what does not grow.</summary>
    private static string Kv(KvCacheSize size)
        => $"{size.BytesPerToken}{(size.WindowTokens > 0 ? $":{size.WindowedBytesPerToken}/{size.WindowTokens}" : "")}{(size.StateBytes > 0 ? $"+{size.StateBytes}" : "")}";
}
