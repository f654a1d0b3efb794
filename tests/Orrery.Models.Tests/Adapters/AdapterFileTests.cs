using Orrery.Models.Adapters;
using Orrery.Models.Safetensors;
using Orrery.Tensors;

namespace Orrery.Models.Tests.Adapters;

public sealed class AdapterFileTests
{
    private const string Query = "base_model.model.model.layers.0.self_attn.q_proj", Output = "base_model.model.lm_head";
    private const string Sound = """{"peft_type": "LORA", "r": 2, "lora_alpha": 6, "bias": "none"}""";

    [Theory]
    [InlineData("", 3f)]
    [InlineData(""", "use_rslora": true""", 4.2426405f)]
    [InlineData(""", "alpha_pattern": {"q_proj": 1}""", 0.5f)]
    [InlineData(""", "alpha_pattern": {"k_proj": 1, "model.layers.0.self_attn.q_proj": 2, "q_proj": 3}""", 1f)]
    [InlineData(""", "alpha_pattern": {"layers.0.self_attn.q_pro": 1, "_proj": 1, "proj": 1}""", 3f)]
    [InlineData(""", "use_dora": false, "modules_to_save": null, "layer_replication": [], "target_parameters": null, "init_lora_weights": "gaussian" """, 3f)]
    public void Its_scale_follows_from_the_config(string more, float scale)
    {
        using var folder = new TempFolder();
        using var adapter = AdapterFile.Open(Write(folder, Sound[..^1] + more + "}"));

        var module = Assert.Single(adapter.Modules);

        Assert.Equal(("layers.0.self_attn.q_proj", 2, 5, 4, scale), (module.Name, module.Rank, module.Cols, module.Rows, module.Scale));
    }

    [Fact]
    public void A_rank_of_a_modules_own_counts_for_its_shape_and_its_scale()
    {
        using var folder = new TempFolder();
        string config = """{"peft_type": "LORA", "r": 8, "lora_alpha": 6, "rank_pattern": {"self_attn.q_proj": 2}}""";
        using var adapter = AdapterFile.Open(Write(folder, config));

        Assert.Equal((2, 3f), (adapter.Modules.Single().Rank, adapter.Modules.Single().Scale));
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Weights_of_every_float_type_are_read_under_either_name(string type)
    {
        using var folder = new TempFolder();
        var dtype = DType.All.First(known => known.Name == type);
        Write(folder, Sound, [Tensor($"{Output}.lora_A.default.weight", [2, 3], dtype), Tensor($"{Output}.lora_B.weight", [4, 2], dtype)]);
        using var adapter = AdapterFile.Open(folder.Path);
        var module = adapter.Modules.Single();
        float[] a = new float[6], b = new float[8];

        adapter.ReadA(module, a);
        adapter.ReadB(module, b);

        Assert.Equal("lm_head", module.Name);
        Assert.Equal([0f, 1, 2, 3, 4, 5], a);
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], b);
    }

    [Theory]
    [InlineData("\"LORA\"", "\"IA3\"", "key 'peft_type' is 'IA3'; LORA is what works")]
    [InlineData("\"peft_type\": \"LORA\", ", "", "key 'peft_type' is missing")]
    [InlineData("\"r\": 2, ", "", "key 'r' is missing")]
    [InlineData("\"r\": 2", "\"r\": 0", "key 'r' is 0; it must be a whole number between 1 and 65536")]
    [InlineData("\"r\": 2", "\"r\": 4", "lora_A.weight' has shape [2, 5]; adapter_config.json says that its rank is 4")]
    [InlineData("\"lora_alpha\": 6", "\"lora_alpha\": \"6\"", "key 'lora_alpha' is a string; a number is needed")]
    [InlineData("\"none\"", "\"all\"", "key 'bias' is 'all'; biases in adapters are not implemented")]
    [InlineData("}", ", \"use_dora\": true}", "key 'use_dora' asks for what is not implemented")]
    [InlineData("}", ", \"use_qalora\": true}", "key 'use_qalora' asks for what is not implemented")]
    [InlineData("}", ", \"lora_bias\": true}", "key 'lora_bias' asks for what is not implemented")]
    [InlineData("}", ", \"modules_to_save\": [\"embed_tokens\"]}", "key 'modules_to_save' asks for what is not implemented")]
    [InlineData("}", ", \"layer_replication\": [[0, 2]]}", "key 'layer_replication' asks for what is not implemented")]
    [InlineData("}", ", \"target_parameters\": [\"mlp.experts.gate_up_proj\"]}", "key 'target_parameters' asks for what is not implemented")]
    [InlineData("}", ", \"trainable_token_indices\": [1]}", "key 'trainable_token_indices' asks for what is not implemented")]
    [InlineData("}", ", \"alora_invocation_tokens\": [1]}", "key 'alora_invocation_tokens' asks for what is not implemented")]
    [InlineData("}", ", \"init_lora_weights\": \"pissa_niter_4\"}", "key 'init_lora_weights' is 'pissa_niter_4', which changes the base too")]
    [InlineData("}", ", \"init_lora_weights\": \"olora\"}", "which changes the base too")]
    [InlineData("}", ", \"rank_pattern\": {\".*q_proj\": 2}}", "key 'rank_pattern..*q_proj' is no plain name of a module")]
    [InlineData("}", "", "the file is no JSON")]
    public void A_config_that_is_not_computed_is_refused_by_name(string part, string replacement, string expected)
    {
        using var folder = new TempFolder();
        AssertRefused(Write(folder, Sound.Replace(part, replacement, StringComparison.Ordinal)), expected);
    }

    [Fact]
    public void Tensors_that_are_no_pair_of_A_and_B_are_refused_by_name()
    {
        (TensorToWrite[] Tensors, string Expected)[] cases =
        [
            ([Tensor(Query + ".lora_A.weight", [2, 5])], "lora_A.weight' stands alone: lora_B of the same module is missing"),
            ([Tensor(Query + ".lora_B.weight", [4, 2])], "lora_B.weight' stands alone: lora_A of the same module is missing"),
            ([.. Pair, Tensor("base_model.model.model.embed_tokens.lora_embedding_A", [2, 5])], "embed_tokens.lora_embedding_A' is neither A nor B of a linear map"),
            ([.. Pair, Tensor(Query + ".lora_magnitude_vector", [4])], "lora_magnitude_vector' is neither A nor B of a linear map"),
            ([.. Pair, Tensor(Query + ".lora_B.bias", [4])], "lora_B.bias' is neither A nor B of a linear map"),
            ([.. Pair, Tensor("model.layers.0.self_attn.q_proj.lora_A.weight", [2, 5])], "is neither A nor B of a linear map"),
            ([.. Pair, Tensor("base_model.model.lora_A.weight", [2, 5])], "is neither A nor B of a linear map"),
            ([.. Pair, Tensor(Query + ".lora_A.default.weight", [2, 5])], "is there as '"),
            ([Tensor(Query + ".lora_A.weight", [2, 5]), Tensor(Query + ".lora_B.weight", [4, 3])], "lora_B.weight' has shape [4, 3]; adapter_config.json says that its rank is 2"),
            ([Tensor(Query + ".lora_A.weight", [2, 5]), Tensor(Query + ".lora_B.weight", [4, 2, 1])], "lora_B.weight' has shape [4, 2, 1], which is none of a linear map"),
        ];
        foreach (var (tensors, expected) in cases)
        {
            using var folder = new TempFolder();
            AssertRefused(Write(folder, Sound, tensors), expected);
        }
    }

    [Theory]
    [InlineData("adapter_config.json")]
    [InlineData("adapter_model.safetensors")]
    public void A_missing_file_is_named(string name)
    {
        using var folder = new TempFolder();
        Write(folder, Sound);
        File.Delete(folder.File(name));

        AssertRefused(folder.Path, $"{name}: the file does not exist");
    }

    [Fact]
    public void A_path_that_is_no_folder_is_told_so()
    {
        using var folder = new TempFolder();
        Write(folder, Sound);

        AssertRefused(folder.File("nothing"), "the adapter does not exist. Give the path of a folder with adapter_config.json");
        AssertRefused(folder.File("adapter_config.json"), "the adapter is a file. Give the path of a folder");
    }

    [Fact]
    public void Mutated_files_give_an_adapter_or_one_line()
    {
        const int Rounds = 400;
        using var folder = new TempFolder();
        Write(folder, Sound);
        var random = new Random(20261121);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            string file = folder.File(round % 2 == 0 ? "adapter_config.json" : "adapter_model.safetensors");
            byte[] sound = File.ReadAllBytes(file);
            File.WriteAllBytes(file, Mutations.Of(sound, random));
            try
            {
                using var adapter = AdapterFile.Open(folder.Path);
                foreach (var module in adapter.Modules)
                {
                    adapter.ReadA(module, new float[module.Rank * module.Cols]);
                    adapter.ReadB(module, new float[module.Rows * module.Rank]);
                }
            }
            catch (InvalidModelFileException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                Assert.StartsWith(folder.Path, e.Message, StringComparison.Ordinal);
                refused++;
            }
            File.WriteAllBytes(file, sound);
        }
        Assert.InRange(refused, Rounds / 3, Rounds);
    }

    private static TensorToWrite[] Pair => [Tensor(Query + ".lora_A.weight", [2, 5]), Tensor(Query + ".lora_B.weight", [4, 2])];

    private static void AssertRefused(string path, string expected)
        => Assert.Contains(expected, Assert.Throws<InvalidModelFileException>(() => AdapterFile.Open(path)).Message, StringComparison.Ordinal);

    private static string Write(TempFolder folder, string config, TensorToWrite[]? tensors = null)
    {
        File.WriteAllText(folder.File("adapter_config.json"), config);
        SafetensorsWriter.Write(folder.Path, tensors ?? Pair);
        File.Move(folder.File("model.safetensors"), folder.File("adapter_model.safetensors"));
        return folder.Path;
    }

    /// <summary>Counts its weights up from 0.</summary>
    private static TensorToWrite Tensor(string name, long[] shape, DType? type = null)
    {
        float[] values = [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (float)i)];
        byte[] bytes = new byte[values.Length * (type ?? DType.F32).BlockBytes];
        Quantizer.Quantize(type ?? DType.F32, values, bytes);
        return new TensorToWrite(name, type ?? DType.F32, [.. shape], stream => stream.Write(bytes));
    }
}
