using Orrery.Models.Safetensors;

namespace Orrery.Models.Tests.Safetensors;

public sealed class SafetensorsModelTests
{
    [Fact]
    public void Weights_are_read_where_they_lie()
    {
        using var model = SafetensorsModel.Open(Repository.File("tests", "Data", "stories260K", "hf-bf16"));
        float[] row = new float[64];

        model.Matrix("model.layers.0.self_attn.q_proj.weight", 64, 64).CopyRow(3, row);
        model.Matrix("model.norm.weight", 64).CopyRow(0, row);

        Assert.All(row, value => Assert.InRange(value, 0.1f, 20));
    }

    [Theory]
    [InlineData("model.norm.weight", new[] { 65 }, "tensor 'model.norm.weight' has shape [64]; the config asks for [65]")]
    [InlineData("model.norm.weight", new[] { 64, 1 }, "asks for [64, 1]")]
    [InlineData("model.layers.0.mlp.up_proj.weight", new[] { 64, 172 }, "has shape [172, 64]; the config asks for [64, 172]")]
    [InlineData("lm_head.weight", new[] { 512, 64 }, "tensor 'lm_head.weight' is missing")]
    public void A_tensor_that_is_not_as_expected_is_named(string name, int[] shape, string expected)
    {
        using var model = SafetensorsModel.Open(Repository.File("tests", "Data", "stories260K", "hf-bf16"));

        Assert.Contains(expected, Assert.Throws<InvalidModelFileException>(() => model.Matrix(name, shape)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../a.safetensors", "names '../a.safetensors', which is no file in the same folder")]
    [InlineData("/etc/passwd", "which is no file in the same folder")]
    [InlineData("config.json", "which is no file in the same folder")]
    [InlineData("absent.safetensors", "absent.safetensors: the file does not exist")]
    [InlineData("one.safetensors", "tensor 'y' is not in 'one.safetensors', where the index has it")]
    public void An_index_names_files_beside_it_and_what_they_hold(string shard, string expected)
    {
        using var folder = new TempFolder();
        byte[] header = """{"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"""u8.ToArray();
        File.WriteAllBytes(folder.File("one.safetensors"), [.. BitConverter.GetBytes((ulong)header.Length), .. header, 0, 0, 0, 0]);
        File.WriteAllText(folder.File("config.json"), "{}");
        File.WriteAllText(folder.File("model.safetensors.index.json"), $$"""{"weight_map": {"x": "one.safetensors", "y": "{{shard}}"} }""");

        Assert.Contains(expected, Assert.Throws<InvalidModelFileException>(() => SafetensorsModel.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_in_two_shards_is_refused()
    {
        using var folder = new TempFolder();
        byte[] header = """{"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"""u8.ToArray();
        foreach (string shard in (string[])["one.safetensors", "two.safetensors"])
            File.WriteAllBytes(folder.File(shard), [.. BitConverter.GetBytes((ulong)header.Length), .. header, 0, 0, 0, 0]);
        File.WriteAllText(folder.File("config.json"), "{}");
        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"weight_map": {"x": "one.safetensors", "y": "two.safetensors"}}""");

        Assert.Contains("tensor 'x' is in another shard as well", Assert.Throws<InvalidModelFileException>(() => SafetensorsModel.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_shards_of_another_architecture_are_read()
    {
        string folder = Path.GetDirectoryName(Repository.Shared("models", "configs", "tiny-random-PhiModel", "model-1-of-2.safetensors"))!;
        foreach (string shard in (string[])["model-1-of-2.safetensors", "model-2-of-2.safetensors"])
        {
            byte[] file = File.ReadAllBytes(Path.Combine(folder, shard));
            Assert.NotEmpty(SafetensorsHeader.Read(file, file.Length, shard).Tensors);
        }
    }

    [Fact]
    public void The_chat_template_comes_from_its_own_file_or_from_the_tokenizers_config()
    {
        using var folder = new TempFolder();
        foreach (string file in Directory.GetFiles(Repository.File("tests", "Data", "stories260K", "hf-bf16")))
            File.Copy(file, folder.File(Path.GetFileName(file)));

        string? Template()
        {
            using var model = SafetensorsModel.Open(folder.Path);
            return model.ChatTemplate;
        }

        Assert.Null(Template());
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"chat_template": [{"name": "tool", "template": "no"}, {"name": "default", "template": "yes"}]}""");
        Assert.Equal("yes", Template());
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"chat_template": "one"}""");
        Assert.Equal("one", Template());
        File.WriteAllText(folder.File("chat_template.jinja"), "own");
        Assert.Equal("own", Template());
    }
}
