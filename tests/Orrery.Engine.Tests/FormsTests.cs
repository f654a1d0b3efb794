using System.Text.Json;
using Orrery.Models;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Tests;

/// <summary>The same model in every form that a model may come in.</summary>
public sealed class FormsTests
{
    public static TheoryData<string, int> Folders => new(from form in new[] { "hf-bf16", "hf-f32", "hf-f32-sharded" } from prompt in new[] { 0, 1 } select (form, prompt));

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Greedy_text_from_safetensors_is_that_of_the_GGUF_reference(string form, int prompt)
    {
        var golden = Stories.Expected(form == "hf-bf16" ? "BF16" : "F32", prompt);

        Assert.Equal(golden.GreedyIds, await ContinueAsync(form, golden.Prompt, golden.GreedyIds.Length));
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("hf-f32")]
    [InlineData("hf-f32-sharded")]
    public async Task Greedy_text_is_that_of_a_reference_in_double_precision(string form)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Repository.Shared("models", "golden", "stories260K", "numpy_f64.json")));
        foreach (var (result, prompt) in json.RootElement.GetProperty("results").EnumerateArray().Zip(["Once upon a time", "Lily and Tom"]))
        {
            int[] expected = [.. result.GetProperty("greedy_ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(expected, await ContinueAsync(form, prompt, expected.Length));
        }
    }

    [Fact]
    public async Task Every_way_to_name_a_folder_loads_it()
    {
        string folder = Stories.Path("hf-bf16");
        foreach (string path in (string[])[folder, Path.Combine(folder, "model.safetensors"), Path.GetRelativePath(Environment.CurrentDirectory, folder)])
        {
            await using var model = LocalTextModel.Load(path);
            Assert.Equal(("hf-bf16", "llama", 512), (model.Card.Name, model.Card.Architecture, model.Card.ContextTokens));
        }
    }

    [Fact]
    public async Task Both_kinds_of_file_describe_the_same_tokenizer()
    {
        await using var gguf = Stories.Load();
        await using var folder = Stories.Load("hf-bf16");
        foreach (string text in (string[])["", "Once upon a time", "  two  spaces ", "日本語 🙂", "<s>hi</s>", "line\n\tx"])
            Assert.Equal(gguf.Tokenizer.Encode(text, addSpecial: true), folder.Tokenizer.Encode(text, addSpecial: true));

        Assert.Equal(Special(gguf.Tokenizer), Special(folder.Tokenizer));

        static string Special(Tokenizer tokenizer) => $"{tokenizer.BeginOfSequence} {string.Join(' ', tokenizer.EndOfText)} {tokenizer.VocabularySize}";
    }

    public static TheoryData<string, string, string> BrokenConfigs => new()
    {
        { "\"num_hidden_layers\": 5", "\"num_hidden_layers\": 6", "tensor 'model.layers.5.input_layernorm.weight' is missing" },
        { "\"num_hidden_layers\": 5", "\"num_hidden_layers\": 4", "has no place in the llama architecture" },
        { "\"num_hidden_layers\": 5", "\"num_hidden_layers\": \"five\"", "key 'num_hidden_layers' is a string; a number is needed" },
        { "\"vocab_size\": 512", "\"vocab_size\": 511", "tensor 'model.embed_tokens.weight' has shape [512, 64]; the config asks for [511, 64]" },
        { "\"num_key_value_heads\": 4", "\"num_key_value_heads\": 3", "key 'num_key_value_heads' is 3, which does not divide the 8 query heads" },
        { "\"head_dim\": 8", "\"head_dim\": 7", "is 7; it must be even" },
        { "\"model_type\": \"llama\"", "\"model_type\": \"lamma\"", "key 'model_type' is 'lamma', which is not implemented" },
        { "\"model_type\": \"llama\"", "\"model_type\": \"qwen2\"", "tensor 'model.layers.0.self_attn.q_proj.bias' is missing" },
        { "\"rope_scaling\": null", "\"rope_scaling\": {\"rope_type\": \"llama4\"}", "key 'rope_scaling' is of type llama4, which is not implemented" },
        { "\"attention_bias\": false", "\"attention_bias\": true", "tensor 'model.layers.0.self_attn.q_proj.bias' is missing" },
        { "\"hidden_act\": \"silu\"", "\"hidden_act\": \"relu\"", "key 'hidden_act' is relu" },
        { "\"rope_theta\": 10000.0", "\"rope_theta\": 1e999", "key 'rope_theta' is no finite number" },
        { "\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": -1", "key 'rms_norm_eps' is -1" },
        { "\"vocab_size\": 512\n}", "\"vocab_size\": 512\n", "the file is no JSON" },
    };

    [Theory]
    [MemberData(nameof(BrokenConfigs))]
    public void A_config_that_does_not_fit_is_refused_by_name(string part, string replacement, string expected)
    {
        using var folder = new TempFolder();
        CopyFolder(folder);
        string config = File.ReadAllText(folder.File("config.json"));
        Assert.Contains(part, config, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), config.Replace(part, replacement, StringComparison.Ordinal));

        var error = Assert.Throws<InvalidModelFileException>(() => LocalTextModel.Load(folder.Path));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    public void A_missing_file_is_named(string name)
    {
        using var folder = new TempFolder();
        CopyFolder(folder);
        File.Delete(folder.File(name));

        Assert.Contains($"{name}: the file does not exist", Assert.Throws<InvalidModelFileException>(() => LocalTextModel.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mutated_configs_and_tokenizers_give_a_model_or_one_line()
    {
        const int Rounds = 300;
        using var folder = new TempFolder();
        CopyFolder(folder);
        var random = new Random(20260211);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            string name = round % 2 == 0 ? "config.json" : "tokenizer.json";
            byte[] sound = File.ReadAllBytes(Path.Combine(Stories.Path("hf-bf16"), name));
            File.WriteAllBytes(folder.File(name), Mutations.Of(sound, random));
            try
            {
                await using var model = LocalTextModel.Load(folder.Path, new EngineOptions { MaxContextTokens = 64 });
                await Stories.CollectAsync(model, new TextRequest { Prompt = [1], MaxTokens = 2 });
            }
            catch (InvalidModelFileException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }
            catch (Exception e) when (e is ContextLengthException or ModelTooLargeException)
            {
                refused++;
            }
            File.WriteAllBytes(folder.File(name), sound);
        }
        Assert.InRange(refused, Rounds / 10, Rounds);
    }

    private static void CopyFolder(TempFolder to)
    {
        foreach (string file in Directory.GetFiles(Stories.Path("hf-bf16")))
            File.Copy(file, to.File(Path.GetFileName(file)));
    }

    private static async Task<int[]> ContinueAsync(string form, string prompt, int tokens)
    {
        await using var model = Stories.Load(form);
        return Stories.Tokens(await Stories.CollectAsync(model, new TextRequest
        {
            Prompt = model.Tokenizer.Encode(prompt, addSpecial: true),
            MaxTokens = tokens,
            Sampling = new SamplingOptions { Temperature = 0 },
        }));
    }
}
