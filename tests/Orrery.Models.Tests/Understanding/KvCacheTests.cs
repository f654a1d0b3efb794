using Orrery.Models.Tests.Gguf;
using Orrery.Models.Understanding;

namespace Orrery.Models.Tests.Understanding;

public sealed class KvCacheTests
{
    private const string Sizes = "\"hidden_size\": 512, \"num_attention_heads\": 8, \"num_hidden_layers\": 4, \"vocab_size\": 10, \"max_position_embeddings\": 1000";

    // 2 (keys and values) * 2 bytes * kv heads * 64 a layer: 2048 with 8 heads, 512 with 2.
    [Theory]
    [InlineData("each head keeps its own", 8192, 0, 0, 0, """{"model_type": "llama", SIZES}""")]
    [InlineData("query heads share", 2048, 0, 0, 0, """{"model_type": "llama", "num_key_value_heads": 2, SIZES}""")]
    [InlineData("one for all", 1024, 0, 0, 0, """{"model_type": "gpt_bigcode", "multi_query": true, SIZES}""")]
    [InlineData("a window in every layer", 8192, 8192, 100, 0, """{"model_type": "mistral", "sliding_window": 100, SIZES}""")]
    [InlineData("a window beyond the context is none", 8192, 0, 0, 0, """{"model_type": "mistral", "sliding_window": 1000, SIZES}""")]
    [InlineData("a window that is off", 8192, 0, 0, 0, """{"model_type": "qwen2", "sliding_window": 100, "use_sliding_window": false, "max_window_layers": 2, SIZES}""")]
    [InlineData("a window from a layer on", 8192, 4096, 100, 0, """{"model_type": "qwen2", "sliding_window": 100, "use_sliding_window": true, "max_window_layers": 2, SIZES}""")]
    [InlineData("a window in every second layer", 8192, 4096, 100, 0, """{"model_type": "gemma2", "head_dim": 64, "sliding_window": 100, SIZES}""")]
    [InlineData("the config names the layers", 8192, 2048, 100, 0, """{"model_type": "gemma3_text", "sliding_window": 100, "layer_types": ["full_attention", "sliding_attention", "full_attention", "full_attention"], SIZES}""")]
    [InlineData("a pattern as a word", 8192, 6144, 100, 0, """{"model_type": "exaone4", "sliding_window": 100, "sliding_window_pattern": "LLLG", SIZES}""")]
    [InlineData("chunks", 8192, 6144, 100, 0, """{"model_type": "llama4_text", "attention_chunk_size": 100, SIZES}""")]
    [InlineData("compressed keys and values", 4 * (64 + 16) * 2, 0, 0, 0, """{"model_type": "deepseek_v3", "kv_lora_rank": 64, "qk_rope_head_dim": 16, "qk_nope_head_dim": 32, "v_head_dim": 32, "num_key_value_heads": 8, SIZES}""")]
    [InlineData("attention in one of four layers, a matrix in the others", 2048, 0, 0, 3 * ((4 * 4 * 32 * 32) + (2 * 256 * 3)), """{"model_type": "qwen3_next", "head_dim": 64, "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 32, "linear_value_head_dim": 32, "linear_conv_kernel_dim": 4, SIZES}""")]
    [InlineData("mamba beside attention", 2048, 0, 0, 3 * ((4 * 1024 * 16) + (2 * 1024 * 3)), """{"model_type": "jamba", "attn_layer_period": 4, "attn_layer_offset": 1, "mamba_d_state": 16, "mamba_d_conv": 4, "mamba_expand": 2, SIZES}""")]
    [InlineData("mamba 2 beside attention", 2048, 0, 0, 3 * ((4 * 1024 * 16) + (2 * 1056 * 3)), """{"model_type": "granitemoehybrid", "layer_types": ["mamba", "mamba", "attention", "mamba"], "mamba_d_state": 16, "mamba_d_conv": 4, "mamba_expand": 2, "mamba_n_heads": 16, "mamba_n_groups": 1, SIZES}""")]
    [InlineData("mamba alone", 0, 0, 0, 4 * ((4 * 1024 * 16) + (2 * 1024 * 3)), """{"model_type": "mamba", "intermediate_size": 1024, "state_size": 16, "conv_kernel": 4, SIZES}""")]
    [InlineData("a pattern of letters", 2048, 0, 0, (4 * 1024 * 16) + (2 * 1056 * 3), """{"model_type": "nemotron_h", "hybrid_override_pattern": "M-*-", "mamba_num_heads": 16, "mamba_head_dim": 64, "ssm_state_size": 16, "n_groups": 1, "conv_kernel": 4, "head_dim": 64, SIZES}""")]
    [InlineData("pictures keep theirs beside", 6144, 0, 0, 0, """{"model_type": "mllama", "cross_attention_layers": [1], SIZES}""")]
    [InlineData("the last layers use others' keys", 4096, 2048, 100, 0, """{"model_type": "gemma3n_text", "head_dim": 64, "num_kv_shared_layers": 2, "sliding_window": 100, "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"], SIZES}""")]
    public void What_a_sequence_keeps(string because, long all, long windowed, int window, long state, string config)
    {
        var size = ModelSummary.Of(new ModelDocuments("m", System.Text.Encoding.UTF8.GetBytes(config.Replace("SIZES", Sizes, StringComparison.Ordinal)))).KvCache!;

        var expected = new KvCacheSize(all) { WindowedBytesPerToken = windowed, WindowTokens = window, StateBytes = state };
        Assert.True(expected == size, $"{because}: expected {expected}, got {size}");
    }

    [Fact]
    public void An_encoder_keeps_nothing()
        => Assert.Null(ModelSummary.Of(new ModelDocuments("m", System.Text.Encoding.UTF8.GetBytes($$"""{"model_type": "bert", {{Sizes}}}"""))).KvCache);

    [Fact]
    public void A_window_bounds_what_a_long_sequence_keeps()
    {
        var size = new KvCacheSize(10) { WindowedBytesPerToken = 6, WindowTokens = 100, StateBytes = 7 };

        Assert.Equal([7, 507, 1007, (4 * 1000) + 600 + 7], [size.BytesFor(0), size.BytesFor(50), size.BytesFor(100), size.BytesFor(1000)]);
    }

    [Theory]
    [InlineData("llama", 4 * 2 * 16 * 2 * 2, 0, 0)]
    [InlineData("gemma2", 4 * 2 * 16 * 2 * 2, 2 * 2 * 16 * 2 * 2, 32)]
    [InlineData("gpt-oss", 4 * 2 * 16 * 2 * 2, 2 * 2 * 16 * 2 * 2, 32)]
    [InlineData("gemma3", 4 * 2 * 16 * 2 * 2, 4 * 2 * 16 * 2 * 2, 32)]
    public void A_GGUF_header_says_it_too(string architecture, long all, long windowed, int window)
    {
        var size = Gguf(architecture, builder => builder.Number($"{architecture}.attention.head_count_kv", 2).Number($"{architecture}.attention.sliding_window", 32)).KvCache;

        Assert.Equal(new KvCacheSize(all) { WindowedBytesPerToken = windowed, WindowTokens = window }, size);
    }

    [Fact]
    public void Layers_of_a_GGUF_file_may_differ_and_those_without_heads_keep_a_state()
    {
        var size = Gguf("jamba", builder => builder.Ints("jamba.attention.head_count_kv", 0, 2, 0, 1).Number("jamba.ssm.inner_size", 128).Number("jamba.ssm.state_size", 16).Number("jamba.ssm.conv_kernel", 4)).KvCache;

        Assert.Equal(new KvCacheSize(3 * 16 * 2 * 2) { StateBytes = 2 * ((4 * 128 * 16) + (2 * 128 * 3)) }, size);
    }

    [Theory]
    [InlineData("lfm2", 2 * 2 * 64 * 2, false)]
    [InlineData("rwkv7", 0, true)]
    [InlineData("deci", 0, false)]
    public void Layers_of_a_GGUF_file_without_heads_keep_what_their_kind_keeps(string architecture, long state, bool isNoted)
    {
        var summary = Gguf(architecture, builder => builder.Ints($"{architecture}.attention.head_count_kv", 0, 2, 0, 2).Number("lfm2.shortconv.l_cache", 3));

        Assert.Equal(new KvCacheSize(2 * 2 * 2 * 16 * 2) { StateBytes = state }, summary.KvCache);
        Assert.Equal(isNoted, summary.Notes.Any(note => note.Contains("a state whose size is not known", StringComparison.Ordinal)));
    }

    [Fact]
    public void Compressed_keys_of_a_GGUF_file()
    {
        var size = Gguf("deepseek2", builder => builder.Number("deepseek2.attention.kv_lora_rank", 40).Number("deepseek2.rope.dimension_count", 8)).KvCache;

        Assert.Equal(new KvCacheSize(4 * 48 * 2), size);
    }

    [Fact]
    public void A_list_of_another_length_than_the_layers_is_named()
    {
        var error = Assert.Throws<InvalidModelFileException>(() => Gguf("llama", builder => builder.Ints("llama.attention.head_count_kv", 2, 2)));

        Assert.Contains("key 'llama.attention.head_count_kv' has 2 entries for 4 layers", error.Message, StringComparison.Ordinal);
    }

    private static ModelSummary Gguf(string architecture, Func<GgufBuilder, GgufBuilder> more)
    {
        using var folder = new TempFolder();
        var builder = new GgufBuilder().String("general.architecture", architecture).Number($"{architecture}.context_length", 128).Number($"{architecture}.block_count", 4)
            .Number($"{architecture}.embedding_length", 64).Number($"{architecture}.attention.head_count", 4);
        File.WriteAllBytes(folder.File("m.gguf"), more(builder).Tensor("t", [32], type: 2, bytes: 18).File());
        return ModelSummary.Read(folder.File("m.gguf"));
    }
}
