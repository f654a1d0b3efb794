using Orrery.Models.Gguf;
using Orrery.Models.Understanding;
using Orrery.Tensors;

namespace Orrery.Models.Tests.Gguf;

public sealed class GgufQuantizeTests
{
    public static TheoryData<string> Types => [.. WeightTypes.Working.Select(type => type.Name)];

    // llama-quantize's names for what it makes of all matrices with --pure.
    private static readonly Dictionary<string, string> LlamaNames = new(StringComparer.Ordinal)
    {
        ["Q3_K"] = "Q3_K_S", ["Q4_K"] = "Q4_K_S", ["Q5_K"] = "Q5_K_S", ["MXFP4"] = "MXFP4_MOE",
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Everything_but_the_matrices_stays(string typeName)
    {
        using var folder = new TempFolder();
        using var original = GgufFile.Open(Stories("F32"));

        GgufQuantize.Write(original, Named(typeName), folder.File("q.gguf"));

        using var made = GgufFile.Open(folder.File("q.gguf"));
        Assert.Equal(original.TensorNames, made.TensorNames);
        Assert.All(original.Metadata.Keys.Except(["general.file_type", "general.quantization_version"]), key => Assert.Equal(original.Metadata.ValueOf(key), made.Metadata.ValueOf(key)));
        Assert.Equal(2, made.Metadata.WholeNumber("general.quantization_version", 0, 9));
        Assert.All(original.TensorNames.Where(name => name.Contains("norm", StringComparison.Ordinal)), name => Assert.Equal(BytesOf(original, name), BytesOf(made, name)));
        var (before, after) = (ModelSummary.Of(original), ModelSummary.Of(made));
        Assert.Equal((before.Name, before.ModelType, before.ContextTokens, before.Parameters!.Total), (after.Name, after.ModelType, after.ContextTokens, after.Parameters!.Total));
        Assert.Equal(made.Header.Tensors["token_embd.weight"].Type.Name, after.Quantization);
    }

    /// <summary>The smallest types are as good as they are: a tenth of the weights' size is what two and three bits can miss.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void Weights_come_back_about_as_they_were(string typeName)
    {
        using var folder = new TempFolder();
        using var original = GgufFile.Open(Stories("F32"));

        GgufQuantize.Write(original, Named(typeName), folder.File("q.gguf"));

        using var made = GgufFile.Open(folder.File("q.gguf"));
        foreach (string name in original.TensorNames)
            Assert.InRange(RelativeError(original.Rows(name), made.Rows(name)), 0, 0.15);
    }

    [Fact]
    public void A_quantized_file_is_refused_and_the_same_type_copied()
    {
        using var folder = new TempFolder();
        using var q8 = GgufFile.Open(Stories("Q8_0"));

        Assert.Contains("has type Q8_0 already", Assert.Throws<InvalidModelFileException>(() => GgufQuantize.Write(q8, DType.Q4_0, folder.File("q.gguf"))).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
        GgufQuantize.Write(q8, DType.Q8_0, folder.File("q.gguf"));

        using var made = GgufFile.Open(folder.File("q.gguf"));
        Assert.All(q8.TensorNames, name => Assert.Equal(BytesOf(q8, name), BytesOf(made, name)));
    }

    [Fact]
    public void A_split_model_becomes_one_file()
    {
        using var folder = new TempFolder();
        SplitGgufTests.WriteModel(folder, "m");
        using var split = GgufFile.Open(folder.File("m-00002-of-00003.gguf"));

        GgufQuantize.Write(split, DType.F16, folder.File("whole.gguf"));

        using var whole = GgufFile.Open(folder.File("whole.gguf"));
        Assert.Equal(["t1", "t2", "t3"], whole.TensorNames.Order());
        Assert.DoesNotContain(whole.Metadata.Keys, key => key.StartsWith("split.", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Llama_quantize_makes_the_same_types_and_reads_what_is_made_here(string typeName)
    {
        var llama = await LlamaPrograms.FindAsync();
        await CompareAsync(llama, Stories("F32"), typeName);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Of_experts_and_wide_matrices_too(string typeName)
    {
        var llama = await LlamaPrograms.FindAsync();
        await CompareAsync(llama, Repository.Shared("models", "tiny-archs", "llama-moe.gguf"), typeName);
    }

    /// <summary>The program's COPY reads a file wholly and checks every tensor's place and size.</summary>
    private static async Task CompareAsync(LlamaPrograms llama, string model, string typeName)
    {
        using var folder = new TempFolder();
        using (var original = GgufFile.Open(model))
            GgufQuantize.Write(original, Named(typeName), folder.File("ours.gguf"));

        await llama.QuantizeAsync("--pure", model, folder.File("theirs.gguf"), LlamaNames.GetValueOrDefault(typeName, typeName), "1");
        await llama.QuantizeAsync("--allow-requantize", folder.File("ours.gguf"), folder.File("copy.gguf"), "COPY", "1");

        using var ours = GgufFile.Open(folder.File("ours.gguf"));
        using var theirs = GgufFile.Open(folder.File("theirs.gguf"));
        using var copy = GgufFile.Open(folder.File("copy.gguf"));
        Assert.Equal(TypesOf(theirs), TypesOf(ours));
        Assert.Equal(theirs.Metadata.WholeNumber("general.file_type", 0, 99), ours.Metadata.WholeNumber("general.file_type", 0, 99));
        Assert.All(ours.TensorNames, name => Assert.Equal(BytesOf(ours, name), BytesOf(copy, name)));
    }

    private static IEnumerable<string> TypesOf(GgufFile file)
        => file.Header.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).Select(tensor => $"{tensor.Name} {tensor.Type} {tensor.ShapeText}");

    private static DType Named(string name) => DType.All.Single(type => type.Name == name);

    private static string Stories(string type) => Repository.File("tests", "Data", "stories260K", $"stories260K-{type}.gguf");

    private static byte[] BytesOf(GgufFile file, string name)
    {
        using var bytes = new MemoryStream();
        file.CopyBytes(file.Header.Tensors[name], bytes);
        return bytes.ToArray();
    }

    private static double RelativeError(WeightRows expected, WeightRows actual)
    {
        float[] a = new float[expected.Cols], b = new float[expected.Cols];
        double error = 0, size = 0;
        for (int row = 0; row < expected.Rows; row++)
        {
            expected.Copy(row, a);
            actual.Copy(row, b);
            for (int i = 0; i < a.Length; i++)
            {
                error += (a[i] - b[i]) * (double)(a[i] - b[i]);
                size += a[i] * (double)a[i];
            }
        }
        return Math.Sqrt(error / size);
    }
}
