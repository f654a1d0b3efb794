using Orrery.Engine.Adapters;
using Orrery.Engine.Tests.Architectures;
using Orrery.Models;

namespace Orrery.Engine.Tests.Embeddings;

/// <summary>What files say about embeddings, and what is refused of it.</summary>
public sealed class EmbeddingLoadTests
{
    private const int FuzzRounds = 400;

    [Theory]
    [InlineData("bert", null, Pooling.Mean)]
    [InlineData("bert", """{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}""", Pooling.Cls)]
    [InlineData("qwen3-embedding", null, Pooling.Last)]
    [InlineData("qwen3-embedding", """{"word_embedding_dimension": 48, "pooling_mode_mean_tokens": true, "include_prompt": true}""", Pooling.Mean)]
    [InlineData("bert", """{"pooling_mode_lasttoken": true}""", Pooling.Last)]
    [InlineData("bert", """{"pooling_mode": "cls"}""", Pooling.Cls)]
    public async Task The_files_say_how_to_pool(string name, string? pooling, Pooling expected)
    {
        using var folder = new TempFolder();
        EmbeddingCase.Write(name, folder);
        if (pooling is not null)
            EmbeddingCase.WriteModules(folder, pooling, "Pooling", "Normalize");

        await using var asSaid = LocalEmbeddingModel.Load(folder.Path);
        await using var otherwise = LocalEmbeddingModel.Load(folder.Path, new EngineOptions { Pooling = Pooling.Cls });

        Assert.Equal(expected, asSaid.Card.Pooling);
        Assert.Equal(Pooling.Cls, otherwise.Card.Pooling);
    }

    [Fact]
    public void A_model_says_by_itself_whether_it_is_for_embeddings()
    {
        using TempFolder encoder = new(), decoder = new(), pooled = new();
        EmbeddingCase.Write("bert", encoder);
        EmbeddingCase.Write("qwen3-embedding", decoder);
        EmbeddingCase.Write("qwen3-embedding", pooled);
        EmbeddingCase.WriteModules(pooled, """{"pooling_mode_lasttoken": true}""", "Pooling");

        Assert.True(LocalEmbeddingModel.IsMeant(encoder.Path));
        Assert.False(LocalEmbeddingModel.IsMeant(decoder.Path));
        Assert.True(LocalEmbeddingModel.IsMeant(pooled.Path));
        Assert.True(LocalEmbeddingModel.IsMeant(ReferenceCase.Named("bert").File("bert.gguf")));
        Assert.False(LocalEmbeddingModel.IsMeant(Stories.Path("F32")));
    }

    [Theory]
    [InlineData("""{"pooling_mode_max_tokens": true}""", "'pooling_mode_max_tokens' is true, which is not implemented")]
    [InlineData("""{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}""", "'pooling_mode_cls_token' is true, and so is pooling_mode_mean_tokens")]
    [InlineData("""{"pooling_mode_cls_token": false}""", "'pooling_mode_mean_tokens' is not true, nor is another mode")]
    [InlineData("""{"pooling_mode": "weightedmean"}""", "'pooling_mode' is weightedmean, which is not implemented")]
    public void A_pooling_that_is_not_implemented_is_named(string pooling, string expected)
    {
        using var folder = new TempFolder();
        EmbeddingCase.Write("bert", folder);
        EmbeddingCase.WriteModules(folder, pooling, "Pooling");

        AssertRefused(folder, expected, "1_Pooling/config.json");
    }

    [Fact]
    public void A_step_behind_the_pooling_that_is_not_implemented_is_named()
    {
        using var folder = new TempFolder();
        EmbeddingCase.Write("bert", folder);
        EmbeddingCase.WriteModules(folder, """{"pooling_mode_mean_tokens": true}""", "Pooling", "Dense", "Normalize");

        AssertRefused(folder, "key '[2].type' is 'Dense', which is not implemented", "modules.json");
    }

    [Fact]
    public void A_step_is_not_looked_for_outside_of_the_model()
    {
        using var folder = new TempFolder();
        EmbeddingCase.Write("bert", folder);
        File.WriteAllText(folder.File("modules.json"), """[{"type": "x.Pooling", "path": "../elsewhere"}]""");

        AssertRefused(folder, "key '[0].path' is no name of a folder beside this file", "modules.json");
    }

    [Theory]
    [InlineData("bert", "num_attention_heads", "5", "'num_attention_heads' is 5, which does not divide the embedding of 48")]
    [InlineData("bert", "hidden_act", "\"relu\"", "'hidden_act' is relu, which is not implemented")]
    [InlineData("bert", "position_embedding_type", "\"relative_key\"", "'position_embedding_type' is relative_key, which is not implemented")]
    [InlineData("bert", "is_decoder", "true", "'is_decoder' is true")]
    [InlineData("bert", "layer_norm_eps", "-1", "'layer_norm_eps' is -1; it must be 0 or more")]
    [InlineData("bert", "type_vocab_size", "3", "token_type_embeddings.weight' has shape [2, 48]; the config asks for [3, 48]")]
    [InlineData("bert", "num_hidden_layers", "1", "tensor 'encoder.layer.1.attention.output.LayerNorm.bias' has no place in the bert architecture")]
    [InlineData("bert", "num_hidden_layers", "3", "tensor 'encoder.layer.2.attention.self.query.weight' is missing")]
    [InlineData("bert", "vocab_size", "95", "word_embeddings.weight' has shape [96, 48]")]
    [InlineData("bert", "model_type", "\"deberta\"", "is 'deberta', which is not implemented. Architectures that work: llama,")]
    [InlineData("roberta", "pad_token_id", "63", "'pad_token_id' is 63, behind which a table of 64 positions has none left")]
    [InlineData("distilbert", "n_heads", "null", "'num_attention_heads' is missing")]
    [InlineData("qwen3-embedding", "is_causal", "false", "'is_causal' says that tokens see those behind them, which is not implemented for decoders")]
    [InlineData("qwen3-embedding", "use_bidirectional_attention", "true", "'use_bidirectional_attention' says that tokens see those behind them")]
    public void A_config_that_does_not_fit_is_named(string name, string key, string value, string expected)
    {
        using var folder = new TempFolder();
        EmbeddingCase.Write(name, folder);
        EmbeddingCase.Set(folder, key, value);

        AssertRefused(folder, expected);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("qwen3-embedding")]
    public void Adapters_are_refused_and_not_left_out(string name)
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<ArgumentException>(() => EmbeddingCase.Load(name, folder, new EngineOptions { Adapters = [new AdapterPath("pirate", folder.Path)] }));

        Assert.Contains("engine.adapters: embeddings are made without; 'pirate'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoder_makes_no_text()
    {
        using var folder = new TempFolder();
        EmbeddingCase.Write("bert", folder);

        var error = Assert.Throws<InvalidModelFileException>(() => LocalTextModel.Load(folder.Path));

        Assert.Contains("key 'model_type' is 'bert', an encoder: it makes embeddings and no text", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("modules.json")]
    [InlineData("1_Pooling/config.json")]
    public async Task A_mutated_file_gives_a_model_or_one_line(string file)
    {
        using var folder = new TempFolder();
        EmbeddingCase.Write("bert", folder);
        EmbeddingCase.WriteModules(folder, """{"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true, "include_prompt": true}""", "Pooling", "Normalize");
        byte[] sound = File.ReadAllBytes(folder.File(file));
        var random = new Random(20260407);
        int refused = 0;
        for (int round = 0; round < FuzzRounds; round++)
        {
            File.WriteAllBytes(folder.File(file), Mutations.Of(sound, random));
            try
            {
                await using var model = LocalEmbeddingModel.Load(folder.Path);
                await model.EmbedAsync([2, 5, 3], Stories.Ct);
            }
            catch (Exception e) when (e is InvalidModelFileException or ContextLengthException)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }
        }
        Assert.InRange(refused, FuzzRounds / 10, FuzzRounds);
    }

    private static void AssertRefused(TempFolder folder, string expected, string file = "")
    {
        var error = Assert.Throws<InvalidModelFileException>(() => LocalEmbeddingModel.Load(folder.Path));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder.File(file).TrimEnd('/'), error.Message, StringComparison.Ordinal);
    }
}
