using Orrery.Models.Understanding;

namespace Orrery.Models.Tests.Understanding;

public sealed class ContextLengthTests
{
    [Theory]
    [InlineData("is what the config says", 4096, null, """{"model_type": "llama", "max_position_embeddings": 4096}""")]
    [InlineData("has other names", 1024, null, """{"model_type": "gpt2", "n_positions": 1024}""")]
    [InlineData("may be in the part for text", 131072, null, """{"model_type": "gemma3", "text_config": {"model_type": "gemma3_text", "max_position_embeddings": 131072}}""")]
    [InlineData("may be in a part of a part", 32768, null, """{"model_type": "qwen2_5_omni", "thinker_config": {"text_config": {"max_position_embeddings": 32768}}}""")]
    [InlineData("stays when stretched by llama 3's rule, which files count in", 131072, "llama3", """{"model_type": "llama", "max_position_embeddings": 131072, "rope_scaling": {"rope_type": "llama3", "factor": 8, "original_max_position_embeddings": 8192}}""")]
    [InlineData("grows by yarn where the file counts without it", 131072, "yarn", """{"model_type": "qwen2", "max_position_embeddings": 32768, "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}}""")]
    [InlineData("does not grow twice", 163840, "yarn", """{"model_type": "deepseek_v3", "max_position_embeddings": 163840, "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096}}""")]
    [InlineData("grows dynamically", 8192, "dynamic", """{"model_type": "llama", "max_position_embeddings": 4096, "rope_scaling": {"type": "dynamic", "factor": 2}}""")]
    [InlineData("stays when positions are divided, which files count in", 131072, "linear", """{"model_type": "gemma3_text", "max_position_embeddings": 131072, "rope_scaling": {"rope_type": "linear", "factor": 8}}""")]
    [InlineData("stays for longrope under its first name", 131072, "longrope", """{"model_type": "phi3", "max_position_embeddings": 131072, "original_max_position_embeddings": 4096, "rope_scaling": {"type": "su", "short_factor": [1], "long_factor": [2]}}""")]
    [InlineData("is in rope_parameters lately", 65536, "yarn", """{"model_type": "olmo3", "max_position_embeddings": 65536, "rope_parameters": {"rope_type": "yarn", "factor": 8, "original_max_position_embeddings": 8192}}""")]
    [InlineData("is in them by kind of layer", 65536, "yarn", """{"model_type": "olmo3", "max_position_embeddings": 8192, "rope_parameters": {"sliding_attention": {"rope_type": "default"}, "full_attention": {"rope_type": "yarn", "factor": 8, "original_max_position_embeddings": 8192}}}""")]
    [InlineData("is not stretched by positions of pictures", 32768, null, """{"model_type": "qwen2_vl", "max_position_embeddings": 32768, "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]}}""")]
    [InlineData("begins behind padding in RoBERTa's table", 512, null, """{"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1}""")]
    [InlineData("is what it was trained with where nothing stretches", 2048, null, """{"model_type": "qwen", "max_position_embeddings": 8192, "seq_length": 2048}""")]
    public void The_context(string because, int tokens, string? scaling, string config)
    {
        var summary = ModelSummary.Of(new ModelDocuments("m", System.Text.Encoding.UTF8.GetBytes(config)));

        Assert.True((tokens, scaling) == (summary.ContextTokens, summary.RopeScaling), $"{because}: expected {tokens} by {scaling ?? "nothing"}, got {summary.ContextTokens} by {summary.RopeScaling ?? "nothing"}");
    }
}
