using System.Text.Json;
using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers;

namespace Orrery.Models.Tests.Tokenizers;

/// <summary>Real tokenizers on texts whose ids other programs gave.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> HuggingFace => ["llama2", "llama3", "qwen2_5", "gemma2", "mistral_nemo", "deepseek_v3", "gpt2", "stories260K"];

    [Theory]
    [MemberData(nameof(HuggingFace))]
    public void A_tokenizer_json_encodes_and_decodes_the_reference_texts(string name)
    {
        string folder = name == "stories260K" ? Repository.Shared("models", "stories260K", "hf-f32") : Repository.Shared("models", "tokenizers", name);
        var tokenizer = Tokenizer.FromJson(folder);
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Repository.Shared("models", "golden", "tokenizers", name + ".json")));
        var cases = golden.RootElement.GetProperty("cases").EnumerateArray().ToList();

        Assert.Equal(29, cases.Count);
        foreach (var wanted in cases)
        {
            string text = wanted.GetProperty("text").GetString()!;
            int[] ids = Ids(wanted.GetProperty("ids"));

            Assert.Equal((text, Join(ids)), (text, Join(tokenizer.Encode(text, addSpecial: false, parseSpecial: true))));
            Assert.Equal((text, Join(Ids(wanted.GetProperty("ids_with_special")))), (text, Join(tokenizer.Encode(text, addSpecial: true, parseSpecial: true))));
            Assert.Equal(wanted.GetProperty("decoded").GetString(), tokenizer.Decode(ids, showSpecial: true));
        }
    }

    [Theory]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    [InlineData("gpt-2")]
    [InlineData("falcon")]
    [InlineData("bert-bge")]
    public void A_vocabulary_in_GGUF_encodes_the_46_reference_texts(string name)
    {
        string path = Repository.Shared("models", "vocab-gguf", $"ggml-vocab-{name}.gguf");
        using var file = GgufFile.Open(path);
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        string[] texts = File.ReadAllText(path + ".inp").Split("\n__ggml_vocab_test__\n");
        string[] expected = File.ReadAllLines(path + ".out");

        Assert.InRange(expected.Length, 40, texts.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal((texts[i], expected[i].Trim()), (texts[i], Join(tokenizer.Encode(texts[i], addSpecial: false))));
    }

    private static int[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];

    private static string Join(IEnumerable<int> ids) => string.Join(' ', ids);
}
