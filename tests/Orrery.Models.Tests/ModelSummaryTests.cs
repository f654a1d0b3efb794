using Orrery.Models.Tests.Gguf;

namespace Orrery.Models.Tests;

public sealed class ModelSummaryTests
{
    [Theory]
    [InlineData("F32", 1_054_432)]
    [InlineData("F16", 535_776)]
    [InlineData("Q8_0", 344_448)]
    public void A_header_says_what_the_model_is(string type, long bytes)
    {
        string path = Repository.File("tests", "Data", "stories260K", $"stories260K-{type}.gguf");

        Assert.Equal(new ModelSummary("stories260K", "llama", 260_032, 512, type, bytes, "gguf"), ModelSummary.Read(path));
    }

    [Fact]
    public void A_folder_with_safetensors_says_it_as_well()
    {
        string folder = Repository.File("tests", "Data", "stories260K", "hf-bf16");
        var expected = new ModelSummary("hf-bf16", "llama", 260_032, 512, "BF16", 524_960, "safetensors");

        Assert.Equal(expected, ModelSummary.Read(folder));
        Assert.Equal(expected, ModelSummary.Read(folder + "/"));
        Assert.Equal(expected, ModelSummary.Read(Path.Combine(folder, "model.safetensors")));
    }

    [Fact]
    public void A_folder_with_shards_is_one_model()
    {
        string folder = Repository.Shared("models", "stories260K", "hf-f32-sharded");
        var expected = new ModelSummary("hf-f32-sharded", "llama", 260_032, 512, "F32", 455_312 + 356_744 + 232_976, "safetensors");

        Assert.Equal(expected, ModelSummary.Read(folder));
        Assert.Equal(expected, ModelSummary.Read(Path.Combine(folder, "model.safetensors.index.json")));
        Assert.Equal(expected, ModelSummary.Read(Path.Combine(folder, "model-00002-of-00003.safetensors")));
    }

    [Fact]
    public void A_folder_with_one_GGUF_file_is_that_file()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("mine.gguf"), Minimal().Tensor("t", [32], type: 2, bytes: 18).File());
        Assert.Equal(("mine", "gguf"), (ModelSummary.Read(folder.Path).Name, ModelSummary.Read(folder.Path).Format));

        File.Copy(folder.File("mine.gguf"), folder.File("other.gguf"));
        Assert.Contains("holds 2 GGUF models", Assert.Throws<InvalidModelFileException>(() => ModelSummary.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_name_the_file_gives_it()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("mine.gguf"), Minimal().Tensor("t", [32], type: 2, bytes: 18).File());

        Assert.Equal(("mine", 32, "Q4_0"), (ModelSummary.Read(folder.File("mine.gguf")).Name, ModelSummary.Read(folder.File("mine.gguf")).Parameters, ModelSummary.Read(folder.File("mine.gguf")).Quantization));
    }

    [Fact]
    public void A_vocabulary_without_weights_is_no_model()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("vocabulary.gguf"), Minimal().File());

        Assert.Contains("the tensor table is empty", Assert.Throws<InvalidModelFileException>(() => ModelSummary.Read(folder.File("vocabulary.gguf"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_context_length_is_named()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("m.gguf"), new GgufBuilder().String("general.architecture", "bert").Tensor("t", [4], 0, 16).File());

        Assert.Contains("key 'bert.context_length' is missing", Assert.Throws<InvalidModelFileException>(() => ModelSummary.Read(folder.File("m.gguf"))).Message, StringComparison.Ordinal);
    }

    private static GgufBuilder Minimal() => new GgufBuilder().String("general.architecture", "llama").Number("llama.context_length", 128);
}
