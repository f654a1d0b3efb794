using Orrery.ModelAgent.Selection;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Tests.Selection;

public sealed class FileSelectionTests
{
    private static FileSelection From(string files, string? quantization = null)
        => FileSelection.From([.. files.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => new ListedFile(p, 1_000_000_000))], quantization);

    // What is fetched, and after > what engines open, where that is not the folder.
    private static string Text(FileSelection selection) => selection switch
    {
        FileSelection.Chosen { Entry: "" } chosen => string.Join(' ', chosen.Files.Select(f => f.Path)),
        FileSelection.Chosen chosen => $"{string.Join(' ', chosen.Files.Select(f => f.Path))} > {chosen.Entry}",
        FileSelection.Refused refused => refused.Problem,
        _ => "",
    };

    [Theory]
    [InlineData(
        "a usual repository", null,
        ".gitattributes LICENSE README.md config.json generation_config.json model.safetensors pytorch_model.bin tf_model.h5 flax_model.msgpack tokenizer.json tokenizer.model tokenizer_config.json example.py banner.png",
        "LICENSE README.md config.json generation_config.json model.safetensors tokenizer.json tokenizer.model tokenizer_config.json")]
    [InlineData(
        "sharded", null,
        "config.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json pytorch_model-00001-of-00001.bin",
        "config.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json")]
    [InlineData(
        "sharded, with a total of another width", null,
        "config.json model-00001-of-000002.safetensors model-00002-of-000002.safetensors model.safetensors.index.json",
        "config.json model-00001-of-000002.safetensors model-00002-of-000002.safetensors model.safetensors.index.json")]
    [InlineData("Mistral's second copy", null, "config.json consolidated.safetensors params.json model.safetensors", "config.json model.safetensors params.json")]
    [InlineData("other forms in folders", null, "config.json model.safetensors onnx/model.onnx onnx/config.json original/params.json openvino/x.json .git/config.json", "config.json model.safetensors")]
    [InlineData(
        "an embedding model", null,
        "1_Pooling/config.json 2_Dense/config.json 2_Dense/model.safetensors 2_Dense/pytorch_model.bin config.json model.safetensors modules.json vocab.txt",
        "1_Pooling/config.json 2_Dense/config.json 2_Dense/model.safetensors config.json model.safetensors modules.json vocab.txt")]
    [InlineData(
        "a diffusion pipeline", null,
        "model_index.json unet/config.json unet/diffusion_pytorch_model.safetensors unet/diffusion_pytorch_model.fp16.safetensors vae/config.json vae/diffusion_pytorch_model.safetensors",
        "model_index.json unet/config.json unet/diffusion_pytorch_model.safetensors vae/config.json vae/diffusion_pytorch_model.safetensors")]
    [InlineData("an adapter", null, "adapter_config.json adapter_model.safetensors README.md", "README.md adapter_config.json adapter_model.safetensors")]
    [InlineData("a template of its own", null, "config.json model.safetensors chat_template.jinja merges.txt", "chat_template.jinja config.json merges.txt model.safetensors")]
    [InlineData("one GGUF", null, "m-Q4_K_M.gguf README.md config.json", "README.md m-Q4_K_M.gguf > m-Q4_K_M.gguf")]
    [InlineData("one GGUF without a name for it, one asked for", "Q4_K_M", "m.gguf", "m.gguf > m.gguf")]
    [InlineData("one of several", "q8_0", "m-Q4_K_M.gguf m-Q8_0.gguf m-Q8_0_L.gguf", "m-Q8_0.gguf > m-Q8_0.gguf")]
    [InlineData("a split one", "Q8_0", "m-Q8_0-00001-of-00002.gguf m-Q8_0-00002-of-00002.gguf m-Q4_0.gguf", "m-Q8_0-00001-of-00002.gguf m-Q8_0-00002-of-00002.gguf > m-Q8_0-00001-of-00002.gguf")]
    [InlineData("in folders", "UD-Q4_K_XL", "Q4_K_XL/m.gguf Q8_0/m.gguf", "spec.quantization: 'UD-Q4_K_XL' is not there; there are Q4_K_XL (1.0 GB), Q8_0 (1.0 GB)")]
    [InlineData("a folder names it", "Q8_0", "Q4_K_XL/m.gguf Q8_0/m.gguf", "Q8_0/m.gguf > Q8_0/m.gguf")]
    [InlineData("projectors are no models", null, "mmproj-F16.gguf m-Q4_0.gguf imatrix.gguf m.imatrix.gguf", "m-Q4_0.gguf > m-Q4_0.gguf")]
    [InlineData("both forms", null, "config.json model.safetensors m-Q4_0.gguf", "config.json model.safetensors")]
    [InlineData("both forms, GGUF asked for", "Q4_0", "config.json model.safetensors m-Q4_0.gguf", "m-Q4_0.gguf > m-Q4_0.gguf")]
    [InlineData("a quantization of safetensors", "fp8", "config.json model.safetensors", "config.json model.safetensors")]
    public void What_is_needed_is_chosen(string because, string? quantization, string files, string expected)
    {
        string actual = Text(From(files, quantization));

        Assert.True(expected == actual, $"{because}:\n{expected}\n{actual}");
    }

    [Theory]
    [InlineData("which one", null, "m-Q4_K_M.gguf m-Q8_0.gguf", "spec.quantization: must be set to one of those that are there: Q4_K_M (1.0 GB), Q8_0 (1.0 GB)")]
    [InlineData("none like it", "Q5_0", "m-Q4_K_M.gguf m-Q8_0.gguf", "spec.quantization: 'Q5_0' is not there")]
    [InlineData("two like it", "Q8_0", "a-Q8_0.gguf b-Q8_0.gguf", "several GGUF models have the quantization Q8_0")]
    [InlineData("a part is missing", "Q8_0", "m-Q8_0-00001-of-00002.gguf", "'m-Q8_0-00002-of-00002.gguf' is missing")]
    [InlineData("absurdly many parts", null, "m-00001-of-99999.gguf", "one of 99999 parts")]
    [InlineData("a shard is missing", null, "config.json model-00001-of-00002.safetensors model.safetensors.index.json", "'model-00002-of-00002.safetensors' is missing")]
    [InlineData("no shards", null, "config.json model.safetensors.index.json x.safetensors", "none of its shards")]
    [InlineData("no index", null, "config.json model-00001-of-00001.safetensors", "no index")]
    [InlineData("no config", null, "model.safetensors", "no config.json")]
    [InlineData("pickles", null, "config.json pytorch_model.bin", "'pytorch_model.bin' and its like are not fetched")]
    [InlineData("nothing", null, "README.md", "neither safetensors nor GGUF")]
    [InlineData("leads out", null, "config.json model.safetensors ../evil.json", "leads out of its folder")]
    [InlineData("leads out inside", null, "config.json model.safetensors a/../../evil.json", "leads out of its folder")]
    [InlineData("absolute", null, "config.json model.safetensors /etc/evil.json", "absolute name")]
    [InlineData("backslash", null, "config.json model.safetensors ..\\evil.json", "backslash")]
    [InlineData("NUL", null, "config.json model.safetensors a\0b.json", "control character")]
    [InlineData("collides", null, "config.json model.safetensors CONFIG.json", "some file systems take for one")]
    [InlineData("file and folder", null, "config.json model.safetensors a.json a.json/b.json", "is a file, and the folder of")]
    public void What_cannot_be_chosen_is_refused_with_names(string because, string? quantization, string files, string says)
    {
        string actual = Text(From(files, quantization));

        Assert.True(actual.Contains(says, StringComparison.Ordinal), $"{because}: {actual}");
    }

    [Theory]
    [InlineData("config.json model.safetensors tokenizer.json")]
    [InlineData("m-Q8_0-00001-of-00002.gguf m-Q8_0-00002-of-00002.gguf")]
    [InlineData("m-Q8_0-00001-of-00002.gguf m-Q8_0-00002-of-00002.gguf m-Q4_0.gguf")]
    public void Sizes_that_no_number_holds_are_refused_whatever_they_are_the_sizes_of(string files)
        => Assert.IsType<FileSelection.Refused>(FileSelection.From([.. files.Split(' ').Select(p => new ListedFile(p, long.MaxValue))], null));

    [Fact]
    public void Names_that_are_too_long_are_refused()
    {
        Assert.Contains("255 bytes", FileNames.Problem($"{new string('é', 128)}.json"), StringComparison.Ordinal);
        Assert.Contains("1024 bytes", FileNames.Problem(string.Join('/', Enumerable.Repeat(new string('a', 200), 6))), StringComparison.Ordinal);
        Assert.Contains("half a character", FileNames.Problem("a\ud800.json"), StringComparison.Ordinal);
        Assert.Contains("16 folders", FileNames.Problem(string.Join('/', Enumerable.Repeat("a", 17))), StringComparison.Ordinal);
        Assert.Null(FileNames.Problem("a/b..c/.d/é.json"));
    }

    [Fact]
    public void Whatever_is_listed_the_choice_is_a_part_of_it_with_sound_names_and_does_not_depend_on_the_order()
    {
        string[] words = ["config.json", "model.safetensors", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json", "m-Q4_0.gguf", "m-Q8_0.gguf",
            "m-Q8_0-00001-of-00002.gguf", "m-Q8_0-00002-of-00002.gguf", "a/config.json", "a/model.safetensors", "../x.json", "pytorch_model.bin", "README.md", "Config.JSON", "onnx/x.json", "tokenizer.json", "/x.gguf", "a//b.json"];
        var random = new Random(3);
        for (int i = 0; i < 5_000; i++)
        {
            var files = words.Where(_ => random.Next(2) == 0).Select(p => new ListedFile(p, random.Next(10))).ToList();
            string? quantization = random.Next(3) switch { 0 => null, 1 => "Q8_0", _ => "Q4_0" };

            var one = FileSelection.From(files, quantization);
            var other = FileSelection.From([.. files.OrderBy(_ => random.Next())], quantization);

            Assert.Equal(one is FileSelection.Chosen, other is FileSelection.Chosen);
            if (one is not FileSelection.Chosen chosen)
                continue;
            Assert.Equal(chosen.Files.Select(f => f.Path), ((FileSelection.Chosen)other).Files.Select(f => f.Path));
            Assert.All(chosen.Files, f => Assert.Contains(f, files));
            Assert.All(chosen.Files, f => Assert.Null(FileNames.Problem(f.Path)));
            Assert.True(chosen.Entry.Length == 0 || chosen.Files.Any(f => f.Path == chosen.Entry));
            Assert.False(chosen.Files.Any(f => f.Path.EndsWith(".gguf", StringComparison.Ordinal)) && chosen.Files.Any(f => f.Path.EndsWith(".safetensors", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("Llama-3.2-1B-Instruct-Q4_K_M.gguf", "Q4_K_M")]
    [InlineData("model.q8_0.gguf", "Q8_0")]
    [InlineData("m-IQ4_XS.gguf", "IQ4_XS")]
    [InlineData("m-UD-Q4_K_XL.gguf", "Q4_K_XL")]
    [InlineData("BF16/m-00001-of-00002.gguf", "BF16")]
    [InlineData("gpt-oss-20b-mxfp4.gguf", "MXFP4")]
    [InlineData("Qwen2.gguf", null)]
    public void Names_tell_the_quantization(string path, string? expected) => Assert.Equal(expected, QuantizationName.Of(path));
}
