using System.Text.Json;
using Orrery.Engine.Conversion;
using Orrery.Engine.Tests.Architectures;
using Orrery.Models.Safetensors;
using Orrery.Tensors;

namespace Orrery.Engine.Tests.Conversion;

/// <summary>llama.cpp's server beside this engine, on the same files.</summary>
public sealed class LlamaCppTests
{
    private const int Vocabulary = 96, Steps = 12;

    /// <summary>
    /// Largest difference of the logarithm of a probability; these spread by about 10. Both sides round activations alike, to 8 bits, and add in another
    /// order. Measured: 2e-6 for most types; 0.06 to 0.16 where a sum stood so near to the middle of two steps that a rounding tipped. Types that are read
    /// wrongly show as 1 and more.
    /// </summary>
    private const double QuantizedBudget = 0.3;

    /// <summary>Without roundings that could tip; and with those of activations to halves or bfloat16: 8e-6, 0.02 and 0.05 were measured.</summary>
    private const double FloatBudget = 1e-4, HalfBudget = 0.1;

    public static TheoryData<string, double> Types => new()
    {
        { "F32", FloatBudget }, { "F16", HalfBudget }, { "BF16", HalfBudget }, { "Q8_0", QuantizedBudget }, { "Q4_0", QuantizedBudget }, { "Q4_1", QuantizedBudget },
        { "Q5_0", QuantizedBudget }, { "Q5_1", QuantizedBudget }, { "Q2_K", QuantizedBudget }, { "Q3_K", QuantizedBudget }, { "Q4_K", QuantizedBudget },
        { "Q5_K", QuantizedBudget }, { "Q6_K", QuantizedBudget }, { "IQ4_NL", QuantizedBudget }, { "IQ4_XS", QuantizedBudget },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task What_llama_quantize_makes_has_the_same_probabilities_in_both(string type, double budget)
    {
        var llama = await LlamaPrograms.FindAsync();
        using var folder = new TempFolder();
        string file = folder.File("f32.gguf");
        WriteModel(folder, file);
        if (type != "F32")
        {
            await llama.QuantizeAsync("--pure", "--output-tensor-type", "q8_0", file, folder.File("out.gguf"), LlamaName(type));
            file = folder.File("out.gguf");
        }
        using var server = await llama.ServeAsync(file);
        using var model = ModelPart.Load(file);
        Assert.Contains(type, UsedTypes(file));

        double worst = await WorstAsync(server, model);

        Assert.True(worst <= budget, $"{type}: a probability's logarithm is off by {worst}; the budget is {budget}");
    }

    [Fact]
    public async Task A_model_converted_here_tells_the_same_story_there()
    {
        var llama = await LlamaPrograms.FindAsync();
        using var folder = new TempFolder();
        using (var source = SafetensorsModel.Open(Stories.Path("hf-bf16")))
            GgufExport.Write(source, DType.F32, folder.File("stories.gguf"));
        using var server = await llama.ServeAsync(folder.File("stories.gguf"));

        foreach (var golden in Golden.All.Where(golden => golden.Type == "F32"))
        {
            var steps = await server.ContinueAsync(golden.PromptIds, golden.GreedyIds.Length, vocabulary: 1, Stories.Ct);
            Assert.Equal(golden.GreedyIds, steps.Select(step => step.Token));
        }
    }

    /// <summary>The largest difference over a continuation that the server chooses.</summary>
    private static async Task<double> WorstAsync(LlamaServer server, ModelPart model)
    {
        int[] prompt = [5, 8, 30, 28, 42, 37, 33, 64, 56, 58, 13, 5, 13, 17, 85, 18];
        var steps = await server.ContinueAsync(prompt, Steps, Vocabulary, Stories.Ct);
        Assert.Equal(Steps, steps.Count);
        using var sequence = model.Start();
        float[] logits = sequence.Forward(prompt).ToArray();
        double worst = 0;
        foreach (var (token, expected) in steps)
        {
            double log = Math.Log(logits.Sum(logit => Math.Exp(logit)));
            Assert.InRange(expected.Count, Vocabulary - 1, Vocabulary);
            worst = Math.Max(worst, expected.Max(pair => Math.Abs(logits[pair.Key] - log - pair.Value)));
            logits = sequence.Forward([token]).ToArray();
        }
        return worst;
    }

    private static IEnumerable<string> UsedTypes(string file)
    {
        using var gguf = Models.Gguf.GgufFile.Open(file);
        return [.. gguf.TensorNames.Select(name => gguf.Find(name)!.TypeName).Distinct()];
    }

    private static string LlamaName(string type) => type switch
    {
        "Q4_K" or "Q5_K" or "Q3_K" => type + "_S",
        _ => type,
    };

    /// <summary>A llama whose columns are whole blocks of 256, with weights by formula.</summary>
    private static void WriteModel(TempFolder folder, string path)
    {
        const int Dim = 256, Ffn = 512, Layers = 2, KvDim = 64;
        var tensors = new List<object>();
        void Add(string name, double offset, double amplitude, params int[] shape) => tensors.Add(new { name, shape, offset, amplitude });
        Add("model.embed_tokens.weight", 0, 1, Vocabulary, Dim);
        Add("lm_head.weight", 0, 0.3, Vocabulary, Dim);
        Add("model.norm.weight", 1, 0.2, Dim);
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            Add(prefix + "input_layernorm.weight", 1, 0.2, Dim);
            Add(prefix + "post_attention_layernorm.weight", 1, 0.2, Dim);
            Add(prefix + "self_attn.q_proj.weight", 0, 0.15, Dim, Dim);
            Add(prefix + "self_attn.k_proj.weight", 0, 0.15, KvDim, Dim);
            Add(prefix + "self_attn.v_proj.weight", 0, 0.1, KvDim, Dim);
            Add(prefix + "self_attn.o_proj.weight", 0, 0.1, Dim, Dim);
            Add(prefix + "mlp.gate_proj.weight", 0, 0.1, Ffn, Dim);
            Add(prefix + "mlp.up_proj.weight", 0, 0.1, Ffn, Dim);
            Add(prefix + "mlp.down_proj.weight", 0, 0.08, Dim, Ffn);
        }
        File.WriteAllText(folder.File("tensors.json"), JsonSerializer.Serialize(new { salt = "blocks/", tensors }));
        ReferenceCase.WriteTensors(folder.File("tensors.json"), folder.File("model.safetensors"));
        File.WriteAllText(folder.File("config.json"), JsonSerializer.Serialize(new
        {
            model_type = "llama", hidden_size = Dim, intermediate_size = Ffn, num_hidden_layers = Layers, num_attention_heads = 8, num_key_value_heads = 2,
            max_position_embeddings = 256, vocab_size = Vocabulary, rms_norm_eps = 1e-5,
        }));
        TinyTokenizer.Write(folder);
        using var source = SafetensorsModel.Open(folder.Path);
        GgufExport.Write(source, DType.F32, path);
    }
}
