using Orrery.Models.Tests.Gguf;
using Orrery.Models.Understanding;

namespace Orrery.Models.Tests.Understanding;

public sealed class CardTests
{
    [Theory]
    [InlineData("---\nlicense: apache-2.0\nlanguage:\n- en\n---\n# Model", "apache-2.0")]
    [InlineData("---\r\nlicense: \"mit\"\r\n---\r\n", "mit")]
    [InlineData("\uFEFF---\nlicense: mit # ours\n---\n", "mit")]
    [InlineData("---\nlicense: other\nlicense_name: llama3.1\nlicense_link: LICENSE\n---\n", "llama3.1")]
    [InlineData("---\nlicense: other\n---\n", "other")]
    [InlineData("---\nlicense:\n- bsd-3-clause\n- mit\n---\n", "bsd-3-clause")]
    [InlineData("---\nlicense: [gemma]\n---\n", "gemma")]
    [InlineData("---\nmodel-index:\n  license: mit\n---\n", null)]
    [InlineData("# Model\nlicense: mit\n", null)]
    [InlineData("---\n---\nlicense: mit\n", null)]
    [InlineData("", null)]
    public void The_licence_is_what_the_model_card_begins_with(string card, string? expected)
        => Assert.Equal(expected, ModelSummary.Of(new ModelDocuments("m", """{"model_type": "llama"}"""u8.ToArray()) { Card = card }).License);

    [Fact]
    public void A_folders_README_is_its_card()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("config.json"), """{"model_type": "qwen3"}""");
        File.WriteAllText(folder.File("README.md"), "---\nlicense: apache-2.0\n---\n");

        var summary = ModelSummary.Read(folder.Path);
        Assert.Equal(("apache-2.0", null, "Alibaba"), (summary.License, summary.Vendor, summary.FamilyVendor));
    }

    [Fact]
    public void A_GGUF_file_has_its_own_words_for_licence_and_maker()
    {
        using var folder = new TempFolder();
        var builder = new GgufBuilder().String("general.architecture", "llama").Number("llama.context_length", 8).String("general.license", "mit").Tensor("t", [32], type: 2, bytes: 18);
        File.WriteAllBytes(folder.File("a.gguf"), builder.File());
        Assert.Equal(("mit", null), (ModelSummary.Read(folder.File("a.gguf")).License, ModelSummary.Read(folder.File("a.gguf")).Vendor));

        File.WriteAllBytes(folder.File("a.gguf"), builder.String("general.organization", "Somebody").File());
        Assert.Equal("Somebody", ModelSummary.Read(folder.File("a.gguf")).Vendor);
    }
}
