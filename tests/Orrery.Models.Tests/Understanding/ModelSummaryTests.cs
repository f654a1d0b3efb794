using System.Text.Json;
using Orrery.Models.Tests.Gguf;
using Orrery.Models.Tests.Safetensors;
using Orrery.Models.Understanding;

namespace Orrery.Models.Tests.Understanding;

/// <summary>Where a model may lie, and what is said when something there is wrong.</summary>
public sealed class ModelSummaryTests
{
    [Theory]
    [InlineData("F32", 1_054_432)]
    [InlineData("F16", 535_776)]
    [InlineData("Q8_0", 344_448)]
    public void A_GGUF_header_says_what_the_model_is(string type, long bytes)
    {
        var summary = ModelSummary.Read(Repository.File("tests", "Data", "stories260K", $"stories260K-{type}.gguf"));

        Assert.Equal(("stories260K", "llama", "llama", "gguf"), (summary.Name, summary.ModelType, summary.Architecture, summary.Format));
        Assert.Equal((260_032L, 260_032L, type, 512, bytes), (summary.Parameters!.Total, summary.Parameters.Active, summary.Quantization, summary.ContextTokens, summary.FileBytes));
        Assert.Equal(5 * 2 * 4 * 8 * 2, summary.KvCache!.BytesPerToken);
        Assert.True(summary.IsKnown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/model.safetensors")]
    public void A_folder_with_safetensors_says_it_as_well(string file)
    {
        var summary = ModelSummary.Read(Repository.File("tests", "Data", "stories260K", "hf-bf16") + file);

        Assert.Equal(("hf-bf16", "llama", "LlamaForCausalLM", "safetensors"), (summary.Name, summary.ModelType, summary.Architecture, summary.Format));
        Assert.Equal((260_032L, "BF16", 512, 524_960L), (summary.Parameters!.Total, summary.Quantization, summary.ContextTokens, summary.FileBytes));
        Assert.Equal(2 * 260_032, summary.WeightBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("model.safetensors.index.json")]
    [InlineData("model-00002-of-00003.safetensors")]
    public void A_folder_with_shards_is_one_model(string file)
    {
        var summary = ModelSummary.Read(Path.Combine(Repository.Shared("models", "stories260K", "hf-f32-sharded"), file));

        Assert.Equal((260_032L, "F32", 455_312L + 356_744 + 232_976), (summary.Parameters!.Total, summary.Quantization, summary.FileBytes));
    }

    [Fact]
    public void A_folder_with_one_GGUF_file_is_that_file_and_with_two_is_refused()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("mine.gguf"), Minimal().Tensor("t", [32], type: 2, bytes: 18).File());
        File.WriteAllText(folder.File("config.json"), "{}");
        var summary = ModelSummary.Read(folder.Path);
        Assert.Equal(("mine", "gguf", 32L, "Q4_0"), (summary.Name, summary.Format, summary.Parameters!.Total, summary.Quantization));

        File.Copy(folder.File("mine.gguf"), folder.File("other.gguf"));
        Assert.Contains("holds 2 GGUF models", Error(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_cache_of_Hugging_Face_the_repository_gives_the_name()
    {
        using var folder = new TempFolder();
        string snapshot = Directory.CreateDirectory(folder.File("models--Qwen--Qwen3-Embedding-8B/snapshots/1d8ad4c")).FullName;
        File.Copy(Repository.File("tests", "Data", "configs", "qwen3_embedding_8b.json"), Path.Combine(snapshot, "config.json"));

        Assert.Equal("Qwen3-Embedding-8B", ModelSummary.Read(snapshot).Name);
    }

    [Theory]
    [InlineData("clusterbasemodels/tales/0123456789ab/files", "tales")]
    [InlineData("tales/files", "tales")]
    [InlineData("0123456789ab", "0123456789ab")]
    public void A_folder_that_only_holds_the_files_is_named_by_what_it_is_of(string below, string expected)
    {
        using var folder = new TempFolder();
        string files = Directory.CreateDirectory(folder.File(below)).FullName;
        foreach (string file in Directory.GetFiles(Repository.File("tests", "Data", "stories260K", "hf-bf16")))
            File.Copy(file, Path.Combine(files, Path.GetFileName(file)));
        using var model = ModelSource.Open(files);

        Assert.Equal((expected, expected), (ModelSummary.Read(files).Name, model.Name));
        Assert.Equal(expected, ModelSummary.Read(Path.Combine(files, "model.safetensors")).Name);
    }

    [Fact]
    public void PyTorchs_own_files_are_weights_that_are_not_counted()
    {
        using var folder = new TempFolder();
        File.Copy(Repository.File("tests", "Data", "configs", "qwen2.5_0.5b.json"), folder.File("config.json"));
        File.WriteAllBytes(folder.File("pytorch_model-00001-of-00001.bin"), new byte[100]);

        var summary = ModelSummary.Read(folder.Path);

        Assert.Equal(("pytorch", 100L, 494_032_768L, ParameterOrigin.Estimated), (summary.Format, summary.FileBytes, summary.Parameters!.Total, summary.Parameters.Origin));
    }

    [Fact]
    public void Documents_are_enough_wherever_they_lie()
    {
        byte[] file = new SafetensorsBuilder().Floats("a", [2, 2], 1, 2, 3, 4).File();
        var header = WeightHeader.Read("hf://org/m/model.safetensors", file.AsSpan(0, file.Length - 16), file.Length);

        var summary = ModelSummary.Of(new ModelDocuments("m", """{"model_type": "llama"}"""u8.ToArray()) { Weights = [header] });

        Assert.Equal((4L, "F32", (int?)null, (long)file.Length), (summary.Parameters!.Total, summary.Quantization, summary.ContextTokens, summary.FileBytes));
        Assert.Null(summary.KvCache);
    }

    [Fact]
    public void An_unknown_model_type_is_read_by_the_usual_keys_and_says_so()
    {
        const string Config = """{"model_type": "nova", "architectures": ["NovaForCausalLM"], "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 8, "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 100, "max_position_embeddings": 256}""";

        var summary = Of(Config);

        Assert.False(summary.IsKnown);
        Assert.Contains("model_type 'nova' is not known here", Assert.Single(summary.Notes), StringComparison.Ordinal);
        Assert.Equal((256, 2 * 2 * 2 * 8 * 2L), (summary.ContextTokens, summary.KvCache!.BytesPerToken));
        Assert.Equal((2 * 100 * 64) + 64 + (2 * ((2 * 64 * 64) + (2 * 64 * 16) + (3 * 64 * 128) + 128)), summary.Parameters!.Total);
    }

    [Fact]
    public void What_an_unknown_model_type_means_otherwise_is_a_note_and_no_error()
    {
        var summary = Of("""{"model_type": "nova", "hidden_size": "large", "max_position_embeddings": [1, "x"]}""");

        Assert.Equal((null, null, 3), (summary.Parameters, summary.ContextTokens, summary.Notes.Length));
        Assert.Contains("key 'hidden_size'", summary.Notes[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qwen2_audio", "\"audio_config\": {}", "only text")]
    [InlineData("qwen2_vl", "\"vision_config\": {\"patch_size\": 14}", "the tower for pictures is not in the estimate")]
    [InlineData("nova", "\"vision_config\": {\"hidden_size\": \"x\"}", "the tower for pictures is not in the estimate")]
    public void An_estimate_says_what_is_not_in_it(string type, string tower, string expected)
    {
        var summary = Of($$"""{"model_type": "{{type}}", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 8, "vocab_size": 100, {{tower}} }""");

        Assert.NotNull(summary.Parameters);
        Assert.Contains(expected, summary.Notes[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type": "llama", "hidden_size": "4096"}""", "config.json: key 'hidden_size' is a string; a number is needed")]
    [InlineData("""{"model_type": "llama", "hidden_size": -1}""", "config.json: key 'hidden_size' is -1; it must be a whole number between 1 and 131072")]
    [InlineData("""{"model_type": "llama", "num_hidden_layers": 1e9}""", "config.json: key 'num_hidden_layers' is 1e9")]
    [InlineData("""{"model_type": "llama", "max_position_embeddings": 0}""", "config.json: key 'max_position_embeddings' is 0")]
    [InlineData("""{"model_type": 3}""", "config.json: key 'model_type' is a number; a string is needed")]
    [InlineData("""{"model_type": "llama", "architectures": "x"}""", "config.json: key 'architectures' is a string; an array is needed")]
    [InlineData("""{"model_type": "llama", "quantization_config": {"quant_method": "gptq"}}""", "config.json: key 'quantization_config.bits' is missing")]
    [InlineData("""{"model_type": "llama", "quantization_config": {"quant_method": "gptq", "bits": 40}}""", "config.json: key 'quantization_config.bits' is 40")]
    [InlineData("""{"model_type": "mixtral", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 8, "num_local_experts": 8}""", "config.json: key 'num_experts_per_tok' is missing")]
    [InlineData("""{"model_type": "llama", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 4, "vocab_size": 8}""", "config.json: key 'num_key_value_heads' is 4; there are 2 query heads")]
    [InlineData("""{"model_type": "gemma3_text", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "vocab_size": 8, "layer_types": ["full_attention"]}""", "config.json: key 'layer_types' has 1 entries for 2 layers")]
    [InlineData("[]", "config.json: the file is an array; an object is needed")]
    [InlineData("{", "config.json: the file is no JSON")]
    public void A_broken_config_is_named_by_file_key_and_value(string config, string expected)
        => Assert.StartsWith(expected, Assert.Throws<InvalidModelFileException>(() => Of(config)).Message, StringComparison.Ordinal);

    /// <summary>Python writes numbers that JSON does not have.</summary>
    [Fact]
    public void Numbers_that_are_not_finite_count_as_absent()
    {
        var summary = Of("""{"model_type": "llama", "a": [0.0, Infinity, -Infinity], "max_position_embeddings": 8, "name": "Infinity \"NaN", "vocab_size": NaN}""");

        Assert.Equal((8, null), (summary.ContextTokens, summary.Parameters));
        Assert.Contains("is no JSON", Assert.Throws<InvalidModelFileException>(() => Of("""{"a": Infinite}""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_config_shard_or_tensor_is_named()
    {
        using var folder = new SafetensorsBuilder().Floats("a", [1], 1).Model("""{"model_type": "llama"}""");
        File.Move(folder.File("model.safetensors"), folder.File("one.safetensors"));
        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}""");
        Assert.Contains("two.safetensors: the file does not exist", Error(folder.Path), StringComparison.Ordinal);

        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"weight_map": {"a": "one.safetensors", "b": "one.safetensors"}}""");
        Assert.Contains("tensor 'b' is not in 'one.safetensors', where the index has it", Error(folder.Path), StringComparison.Ordinal);

        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"weight_map": {"a": "../one.safetensors"}}""");
        Assert.Contains("names '../one.safetensors', which is no file in the same folder", Error(folder.Path), StringComparison.Ordinal);

        File.Delete(folder.File("config.json"));
        Assert.Contains("config.json: the file does not exist", Error(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_without_weights_is_no_model()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("vocabulary.gguf"), Minimal().File());

        Assert.Contains("the tensor table is empty", Error(folder.File("vocabulary.gguf")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_GGUF_file_of_wave_lengths_alone_has_no_weights()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("m.gguf"), Minimal().Tensor("rope_freqs.weight", [32], type: 0, bytes: 128).File());

        var summary = ModelSummary.Read(folder.File("m.gguf"));

        Assert.Equal((0L, null), (summary.Parameters!.Total, summary.Quantization));
    }

    /// <summary>What a file says is shown on terminals and kept in the model's status.</summary>
    [Fact]
    public void Texts_of_strangers_are_one_line_each_and_not_endless()
    {
        const string Red = "\e[31mred\r\n\u2028";
        string text = JsonSerializer.Serialize(Red), endless = JsonSerializer.Serialize(new string('x', 1 << 16));
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("m.gguf"), new GgufBuilder().String("general.architecture", Red).String("general.name", Red + new string('x', 1 << 16)).String("general.organization", Red)
            .String("general.license", new string('x', 1 << 16)).Tensor("t", [32], type: 2, bytes: 18).File());
        File.WriteAllText(folder.File("model_index.json"), $$"""{"_class_name": {{text}}, "_diffusers_version": {{endless}}, "vae": [{{text}}, {{endless}}]}""");

        AssertPlain(ModelSummary.Read(folder.File("m.gguf")));
        AssertPlain(ModelSummary.Read(folder.Path));
        AssertPlain(Of($$"""{"model_type": {{text}}, "architectures": [{{text}}], "license": {{endless}}, "transformers_version": {{text}}, "rope_scaling": {"type": {{text}} }, "quantization_config": {"quant_method": {{text}} }, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 8}"""));
        AssertPlain(Of($$"""{"model_type": "llama", "quantization_config": {"load_in_4bit": true, "bnb_4bit_quant_type": {{text}} }, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 8}"""));
    }

    /// <summary>A device has no end, and opening a pipe waits for somebody.</summary>
    [Theory]
    [InlineData("config.json", "config.json: the file is no JSON")]
    [InlineData("model.safetensors.index.json", "index.json: the file is no JSON")]
    [InlineData("tokenizer_config.json", "tokenizer_config.json: the file is no JSON")]
    [InlineData("model.safetensors", "model.safetensors: the file is empty")]
    [InlineData("chat_template.jinja", null)]
    [InlineData("README.md", null)]
    public void What_has_no_length_is_not_opened(string name, string? expected)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("config.json"), """{"model_type": "llama"}""");
        File.Delete(folder.File(name));
        File.CreateSymbolicLink(folder.File(name), "/dev/zero");

        if (expected is null)
            Assert.Equal("llama", ModelSummary.Read(folder.Path).ModelType);
        else
            Assert.Contains(expected, Error(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_beyond_all_sizes_is_not_read()
    {
        using var folder = new TempFolder();
        using (var file = File.Create(folder.File("config.json")))
            file.SetLength(1L << 32);

        Assert.Contains("config.json: the file has 4294967296 bytes; at most", Error(folder.Path), StringComparison.Ordinal);
    }

    private static void AssertPlain(ModelSummary summary)
    {
        string?[] texts =
        [
            summary.Name, summary.ModelType, summary.Architecture, summary.Vendor, summary.License, summary.Quantization, summary.RopeScaling, summary.Framework?.Version, summary.Pipeline?.ClassName,
            .. summary.Notes, .. summary.Parameters?.ByType.Keys ?? [], .. summary.Pipeline?.Parts.Values.SelectMany(part => new[] { part.Library, part.Type }) ?? [],
        ];
        Assert.All(texts, text => Assert.True(text is null || (text.Length <= 256 && !text.Any(c => char.IsControl(c) || c == '\u2028'))));
    }

    private static GgufBuilder Minimal() => new GgufBuilder().String("general.architecture", "llama").Number("llama.context_length", 128);

    private static ModelSummary Of(string config) => ModelSummary.Of(new ModelDocuments("m", System.Text.Encoding.UTF8.GetBytes(config)));

    private static string Error(string path) => Assert.Throws<InvalidModelFileException>(() => ModelSummary.Read(path)).Message;
}
