using Orrery.Engine.Adapters;
using Orrery.Engine.Tests.Architectures;
using Orrery.Models;
using Orrery.Models.Adapters;
using Orrery.Models.Gguf;
using Orrery.Models.Safetensors;
using Orrery.Tensors;

namespace Orrery.Engine.Tests.Adapters;

/// <summary>Adapters written into their base, against the base with the adapter beside it and against the references.</summary>
public sealed class AdapterMergeTests
{
    /// <summary>Largest difference of a logit between F32 weights that were merged and the adapter beside them: see <see cref="AdapterArchitectureTests"/>.</summary>
    private const float LogitBudget = 2e-4f;

    [Theory]
    [InlineData("llama", "plain")]
    [InlineData("llama", "stabilised")]
    [InlineData("qwen3", "plain")]
    [InlineData("qwen3", "stabilised")]
    public void Greedy_text_of_a_merged_folder_is_that_of_the_reference(string name, string adapter)
    {
        using var folder = new TempFolder();
        var reference = ReferenceCase.Named(name).WithAdapter(adapter);
        string merged = Merge(ReferenceCase.Named(name).Write(folder), reference.WriteAdapter(folder, adapter), folder.File("merged"));

        using var model = ModelPart.Load(merged);
        using var sequence = model.Start();

        Assert.Equal(reference.Greedy, Greedy.Continue(sequence, sequence.Forward(reference.Prompt), reference.Greedy.Length));
    }

    public static TheoryData<string> GgufDecoders => [.. ReferenceCase.Names.Where(name => ReferenceCase.Named(name) is { Logits.Length: > 0 } model && model.Has(name + ".gguf"))];

    [Theory]
    [MemberData(nameof(GgufDecoders))]
    public void A_merged_file_gives_what_the_adapter_beside_it_gives(string name)
    {
        var reference = ReferenceCase.Named(name);
        using var folder = new TempFolder();
        string adapter = MadeAdapter.Write(folder, "made", MadeAdapter.ModulesOf(reference)), model = folder.File("f32.gguf");
        using (var file = GgufFile.Open(reference.File(name + ".gguf")))
            GgufQuantize.Write(file, DType.F32, model);

        AssertClose(Logits(model, adapter, reference), Logits(Merge(model, adapter, folder.File("merged.gguf")), null, reference));
    }

    [Theory]
    [InlineData("gpt-oss")]
    [InlineData("phi3")]
    [InlineData("qwen2-moe-mixed")]
    public void A_merged_folder_gives_what_the_adapter_beside_it_gives(string name)
    {
        var reference = ReferenceCase.Named(name);
        using var folder = new TempFolder();
        string model = reference.Write(folder), adapter = MadeAdapter.Write(folder, "made", MadeAdapter.ModulesOf(reference));

        AssertClose(Logits(model, adapter, reference), Logits(Merge(model, adapter, folder.File("merged")), null, reference));
    }

    [Theory]
    [InlineData("Q8_0")]
    [InlineData("BF16")]
    public void Types_and_everything_that_the_adapter_leaves_stay_as_they_were(string type)
    {
        using var folder = new TempFolder();
        string model = folder.File("base.gguf"), adapter = MadeAdapter.Write(folder, "made", [("model.layers.1.self_attn.q_proj", 64, 64)]);
        using (var file = GgufFile.Open(Stories.Path("F32")))
            GgufQuantize.Write(file, DType.All.First(known => known.Name == type), model);

        using var before = GgufFile.Open(model);
        using var after = GgufFile.Open(Merge(model, adapter, folder.File("merged.gguf")));

        Assert.Equal(before.Metadata.Keys.Order(), after.Metadata.Keys.Order());
        Assert.All(before.Metadata.Keys, key => Assert.Equal(before.Metadata.ValueOf(key), after.Metadata.ValueOf(key)));
        Assert.Equal(before.Header.Tensors.Keys, after.Header.Tensors.Keys);
        Assert.All(before.Header.Tensors.Values, tensor => Assert.Equal(tensor.Type, after.Header.Tensors[tensor.Name].Type));
        Assert.Equal(["blk.1.attn_q.weight"], before.Header.Tensors.Keys.Where(name => !Values(before, name).SequenceEqual(Values(after, name))));
    }

    [Fact]
    public void Files_beside_the_weights_are_copied()
    {
        using var folder = new TempFolder();
        string model = Stories.Path("hf-bf16"), adapter = MadeAdapter.Write(folder, "made", [("model.layers.1.self_attn.q_proj", 64, 64)]);
        string merged = Merge(model, adapter, folder.File("merged"));
        using var before = SafetensorsModel.Open(model);
        using var after = SafetensorsModel.Open(merged);

        Assert.Equal(Directory.GetFiles(model).Select(Path.GetFileName).Order(), Directory.GetFiles(merged).Select(Path.GetFileName).Order());
        Assert.Equal(before.TensorNames.Order(), after.TensorNames.Order());
        Assert.All(before.TensorNames, name => Assert.Equal("BF16", after.Find(name)!.TypeName));
        Assert.Equal(["model.layers.1.self_attn.q_proj.weight"], before.TensorNames.Where(name => !Values(before, name).SequenceEqual(Values(after, name))));
    }

    [Fact]
    public void What_cannot_be_merged_is_refused_and_nothing_is_left()
    {
        using var folder = new TempFolder();
        using var tiedFolder = new TempFolder();
        string model = ReferenceCase.Named("llama").Write(folder), tied = ReferenceCase.Named("llama-tied").Write(tiedFolder);
        string head = MadeAdapter.Write(folder, "head", [("lm_head", 96, 48)]), other = MadeAdapter.Write(folder, "other", [("model.layers.0.self_attn.q_proj", 48, 48)]), fitting = MadeAdapter.Write(folder, "fitting", [("lm_head", 96, 64)]);
        string taken = Directory.CreateDirectory(folder.File("taken")).FullName;

        Assert.Contains("tensor 'lm_head.weight' is the embedding too", Assert.Throws<InvalidModelFileException>(() => Merge(tied, head, folder.File("out"))).Message, StringComparison.Ordinal);
        Assert.Contains("the base asks for [3, 64]", Assert.Throws<InvalidModelFileException>(() => Merge(model, other, folder.File("out"))).Message, StringComparison.Ordinal);
        Assert.Contains("is there already", Assert.Throws<IOException>(() => Merge(model, fitting, taken)).Message, StringComparison.Ordinal);
        Assert.Contains("There is no folder for", Assert.Throws<IOException>(() => Merge(model, fitting, folder.File("no/out"))).Message, StringComparison.Ordinal);
        Assert.Equal(["fitting", "head", "other", "taken"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order());
    }

    private static void AssertClose(float[] expected, float[] merged)
    {
        float worst = expected.Zip(merged, (one, other) => MathF.Abs(one - other)).Max();
        Assert.True(worst <= LogitBudget, $"a logit is off by {worst}; the budget is {LogitBudget}");
    }

    private static string Merge(string model, string adapter, string to)
    {
        using var source = ModelSource.Open(model);
        using var file = AdapterFile.Open(adapter);
        AdapterMerge.Write(source, file, to);
        return to;
    }

    private static float[] Logits(string model, string? adapter, ReferenceCase reference)
    {
        var options = new EngineOptions { MaxContextTokens = reference.Prompt.Length + reference.Greedy.Length, Adapters = adapter is null ? [] : [new AdapterPath("made", adapter)] };
        using var part = ModelPart.Load(model, options: options);
        using var sequence = part.Start(adapter is null ? null : "made");
        return [.. reference.Prompt.SelectMany(token => sequence.Forward([token]).ToArray())];
    }

    private static float[] Values(IModelSource source, string name)
    {
        var rows = source.Rows(name);
        float[] values = new float[rows.Rows * rows.Cols];
        for (int row = 0; row < rows.Rows; row++)
            rows.Copy(row, values.AsSpan(row * rows.Cols, rows.Cols));
        return values;
    }
}
