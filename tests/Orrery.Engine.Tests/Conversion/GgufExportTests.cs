using Orrery.Engine.Conversion;
using Orrery.Engine.Tests.Architectures;
using Orrery.Models;
using Orrery.Models.Gguf;
using Orrery.Models.Safetensors;
using Orrery.Tensors;

namespace Orrery.Engine.Tests.Conversion;

/// <summary>Hugging Face's files as one GGUF file.</summary>
public sealed class GgufExportTests
{
    private const float LogitBudget = 2e-4f;

    /// <summary>What GGUF's form of the architecture cannot say.</summary>
    private static readonly Dictionary<string, string> WithoutForm = new()
    {
        ["gemma2"] = "scales attention by",
        ["gemma3"] = "scales attention by",
        ["llama-rope-dynamic-beyond"] = "turns positions otherwise in layer 0",
        ["llama-rope-dynamic-inside"] = "turns positions otherwise in layer 0",
        ["qwen2-moe-mixed"] = "has another feed-forward part in layer",
        ["qwen2-window"] = "has a window of",
    };

    public static TheoryData<string> Cases => [.. ReferenceCase.Names.Where(name => ReferenceCase.Named(name).Logits.Length > 0 && !WithoutForm.ContainsKey(name))];

    public static TheoryData<string, string> Refused => new(WithoutForm.Select(pair => (pair.Key, pair.Value)));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_from_the_written_file_are_those_of_the_reference(string name)
    {
        var reference = ReferenceCase.Named(name);
        using var folder = new TempFolder();
        Export(reference, folder, "F32");
        using var model = ModelPart.Load(folder.File("out.gguf"), options: new EngineOptions { MaxContextTokens = reference.Prompt.Length + reference.Greedy.Length });
        using var sequence = model.Start();

        float worst = 0;
        for (int i = 0; i < reference.Prompt.Length; i++)
        {
            var logits = sequence.Forward([reference.Prompt[i]]);
            for (int id = 0; id < logits.Length; id++)
                worst = MathF.Max(worst, MathF.Abs(logits[id] - reference.Logits[(i * model.Vocabulary) + id]));
        }
        Assert.True(worst <= LogitBudget, $"a logit is off by {worst}; the budget is {LogitBudget}");
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_has_no_form_there_is_refused_and_nothing_is_written(string name, string expected)
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<InvalidModelFileException>(() => Export(ReferenceCase.Named(name), folder, "F32"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("out.gguf")));
    }

    [Theory]
    [InlineData("q8_0", "attn_q", "Q8_0")]
    [InlineData("q8_0", "ffn_down", "F16")]                        // its columns are no multiple of 32
    [InlineData("Q4_K", "attn_q", "Q5_0")]                              // nor these of 256
    [InlineData("bf16", "ffn_down", "BF16")]
    public void Matrices_get_the_wanted_type_or_the_next_that_fits(string wanted, string tensor, string expected)
    {
        using var folder = new TempFolder();
        Export(ReferenceCase.Named("llama"), folder, wanted);

        using var file = GgufFile.Open(folder.File("out.gguf"));
        Assert.Equal(expected, file.Find($"blk.0.{tensor}.weight")!.TypeName);
        Assert.Equal("F32", file.Find("blk.0.ffn_norm.weight")!.TypeName);
    }

    [Fact]
    public void Experts_are_stacked_under_the_name_that_llama_cpp_knows_and_routers_stay_exact()
    {
        using var folder = new TempFolder();
        Export(ReferenceCase.Named("mixtral"), folder, "bf16");

        using var file = GgufFile.Open(folder.File("out.gguf"));
        Assert.Equal("llama", file.Metadata.Text("general.architecture"));
        Assert.Equal(("BF16", 3), (file.Find("blk.0.ffn_down_exps.weight")!.TypeName, file.Find("blk.0.ffn_down_exps.weight")!.Shape.Length));
        Assert.Equal("F32", file.Find("blk.0.ffn_gate_inp.weight")!.TypeName);
    }

    [Theory]
    [InlineData("hf-bf16")]
    [InlineData("hf-f32-sharded")]
    public async Task A_whole_model_says_the_same_from_either_form(string form)
    {
        using var folder = new TempFolder();
        using (var source = SafetensorsModel.Open(Stories.Path(form)))
            GgufExport.Write(source, DType.F32, folder.File("out.gguf"));
        await using var original = Stories.Load("F32");
        await using var written = LocalTextModel.Load(folder.File("out.gguf"));

        foreach (string text in (string[])["Once upon a time", "  Lily and Tom\n", "日本語 🙂 <s> x"])
            Assert.Equal(original.Tokenizer.Encode(text, addSpecial: true), written.Tokenizer.Encode(text, addSpecial: true));
        var request = new TextRequest { Prompt = original.Tokenizer.Encode("Once upon a time", addSpecial: true), MaxTokens = 40, Sampling = new SamplingOptions { Temperature = 0 } };
        Assert.Equal(Stories.Tokens(await Stories.CollectAsync(original, request)), Stories.Tokens(await Stories.CollectAsync(written, request)));
    }

    private static void Export(ReferenceCase reference, TempFolder folder, string type)
    {
        reference.Write(folder);
        TinyTokenizer.Write(folder);
        using var source = SafetensorsModel.Open(folder.Path);
        Assert.True(WeightTypes.TryParse(type, out var wanted, out _));
        GgufExport.Write(source, wanted, folder.File("out.gguf"));
    }
}
