using System.Text;
using Orrery.Models.Safetensors;
using Orrery.Models.Tests.Gguf;
using Orrery.Models.Tests.Safetensors;
using Orrery.Models.Understanding;

namespace Orrery.Models.Tests;

/// <summary>
/// Whatever was done to a model's files, the answer is weights inside them or one line. Every weight that is handed out is read: what
/// lies outside the mapping would end the test process.
/// </summary>
public sealed class HostileFilesTests
{
    private const int Rounds = 2000;

    /// <summary>Of the files' length: parsed JSON, strings of two bytes a character, and an object for every small value.</summary>
    private const int AllocationFactor = 64;

    /// <summary>What opening takes whatever the file: mappings, paths, JSON buffers, an error with its text.</summary>
    private const long AllocationConstant = 256 << 10;

    [Fact]
    public void A_damaged_GGUF_file_gives_its_weights_or_one_line()
    {
        using var folder = new TempFolder();
        byte[] sound = new GgufBuilder().String("general.architecture", "llama").Number("llama.context_length", 128).Strings("tokens", "a", "b").Floats("scores", 1, 2)
            .Tensor("a", [32, 2], 8, 68).Tensor("b", [3], 0, 12).Tensor("c", [32, 2, 2], 2, 72).Tensor("d", [5, 2], 1, 20).Tensor("e", [7], 30, 14).File();

        Damage(folder, [("m.gguf", sound)], folder.File("m.gguf"), seed: 20260501);
    }

    [Fact]
    public void A_damaged_part_of_a_GGUF_model_gives_its_weights_or_one_line()
    {
        using var folder = new TempFolder();
        SplitGgufTests.WriteModel(folder, "m");
        var files = Directory.GetFiles(folder.Path).Order().Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))).ToArray();

        Damage(folder, files, folder.Path, seed: 20260502);
    }

    [Fact]
    public void A_damaged_safetensors_model_gives_its_weights_or_one_line()
    {
        using var folder = new TempFolder();
        byte[] model = new SafetensorsBuilder().Note("lm_head.weight", "embed.weight").Note("x", "y").Note("y", "x")
            .BFloats("embed.weight", [4, 2], 1, 2, 3, 4, 5, 6, 7, 8).Floats("norm.weight", [2], 1, 2).Tensor("h", "F16", [2], 0, 60, 0, 60)
            .Tensor("q.weight", "F8_E4M3", [3, 4], new byte[12]).BFloats("q.weight_scale_inv", [2, 2], 1, 2, 3, 4).Floats("q.input_scale", [], 1)
            .Tensor("k.weight", "F8_E5M2", [2, 2], new byte[4]).Floats("k.weight_scale", [2, 1], 1, 2)
            .Tensor("p.qweight", "I32", [1], new byte[4]).Tensor("p.scales", "F16", [1], new byte[2])
            .Tensor("mlp.experts.up_blocks", "U8", [2, 1, 1, 16], new byte[32]).Tensor("mlp.experts.up_scales", "U8", [2, 1, 1], new byte[2])
            .BFloats("l.mlp.experts.gate_up_proj", [2, 2, 3], new float[12]).File();
        byte[] config = """{"model_type": "gpt_oss", "max_position_embeddings": 64, "quantization_config": {"quant_method": "fp8", "weight_block_size": [2, 2]}}"""u8.ToArray();

        Damage(folder, [("model.safetensors", model), ("config.json", config)], folder.Path, seed: 20260503);
    }

    [Fact]
    public void Damaged_shards_or_a_damaged_index_give_weights_or_one_line()
    {
        using var folder = new TempFolder();
        byte[] index = """{"metadata": {"total_size": 48}, "weight_map": {"a": "one.safetensors", "b": "two.safetensors", "c": "two.safetensors"}}"""u8.ToArray();
        byte[] one = new SafetensorsBuilder().Note("z", "b").Floats("a", [2, 2], 1, 2, 3, 4).File();
        byte[] two = new SafetensorsBuilder().Floats("b", [4], 1, 2, 3, 4).Floats("c", [2, 2], 1, 2, 3, 4).File();

        Damage(folder, [("model.safetensors.index.json", index), ("one.safetensors", one), ("two.safetensors", two), ("config.json", """{"model_type": "llama", "max_position_embeddings": 8}"""u8.ToArray())], folder.Path, seed: 20260504);
    }

    /// <summary>Lies that a random change seldom tells: each leads outside the file, or would, if sizes were not compared.</summary>
    [Theory]
    [InlineData("[4294967296, 4294967296]", "[0, 8]")]
    [InlineData("[9223372036854775807, 9223372036854775807]", "[0, 8]")]
    [InlineData("[9223372036854775807, 2, 1]", "[0, 8]")]
    [InlineData("[0, 9223372036854775807]", "[0, 8]")]
    [InlineData("[2]", "[8, 16]")]
    [InlineData("[2]", "[9223372036854775800, 9223372036854775807]")]
    [InlineData("[2]", "[18446744073709551608, 18446744073709551616]")]
    [InlineData("[2305843009213693954]", "[0, 8]")]
    public void Sizes_that_overflow_are_refused(string shape, string offsets)
    {
        byte[] json = Encoding.UTF8.GetBytes($$"""{"x": {"dtype": "F32", "shape": {{shape}}, "data_offsets": {{offsets}} } }""");
        byte[] file = [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. new byte[8]];

        Assert.Throws<InvalidModelFileException>(() => SafetensorsHeader.Read(file, file.Length, "x"));
    }

    [Fact]
    public void A_tensor_of_no_weights_is_none_that_can_be_had()
    {
        using var folder = new SafetensorsBuilder().Tensor("x", "F32", [0, 1L << 62]).Tensor("y.weight", "F8_E4M3", [1L << 62, 0]).Tensor("z", "BF16", [long.MaxValue, long.MaxValue, 0]).Model();
        using var model = SafetensorsModel.Open(folder.Path);

        Assert.All(model.TensorNames, name =>
        {
            Assert.Equal((0L, 0L), (model.Find(name)!.Weights, model.Find(name)!.OwnedBytes));
            Assert.Throws<InvalidModelFileException>(() => model.Rows(name));
            Assert.Throws<InvalidModelFileException>(() => model.Matrix(name, 0, 1));
        });
    }

    private static void Damage(TempFolder folder, (string Name, byte[] Bytes)[] files, string path, int seed)
    {
        long length = files.Sum(file => file.Bytes.Length);
        foreach (var (name, bytes) in files)
            File.WriteAllBytes(folder.File(name), bytes);
        Assert.Null(Visit(path, length));

        var random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var (name, bytes) = files[random.Next(files.Length)];
            byte[] damaged = Mutations.Of(bytes, random);
            File.WriteAllBytes(folder.File(name), damaged);

            if (Visit(path, length + damaged.Length) is { } error)
            {
                Assert.DoesNotContain(error.Message, char.IsControl);
                refused++;
            }
            File.WriteAllBytes(folder.File(name), bytes);
        }
        Assert.InRange(refused, Rounds / 3, Rounds - 1);
    }

    /// <summary>Opens the model and reads every weight. The error that it was refused with, or a tensor of it.</summary>
    private static InvalidModelFileException? Visit(string path, long length)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidModelFileException? refused = null;
        try
        {
            using var model = ModelSource.Open(path);
            foreach (string name in model.TensorNames.Concat(["lm_head.weight", "x", "y", "z"]))
                refused = Read(model, name, length) ?? refused;
        }
        catch (InvalidModelFileException e)
        {
            refused = e;
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (AllocationFactor * length) + AllocationConstant);
        Understand(path, length);
        return refused;
    }

    /// <summary>What is understood of it without its weights is bounded as well.</summary>
    private static void Understand(string path, long length)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Assert.InRange(ModelSummary.Read(path).Parameters?.Total ?? 0, 0, long.MaxValue);
        }
        catch (InvalidModelFileException e)
        {
            Assert.DoesNotContain(e.Message, char.IsControl);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (AllocationFactor * length) + AllocationConstant);
    }

    private static InvalidModelFileException? Read(IModelSource model, string name, long length)
    {
        Assert.Equal(model.Has(name), model.Find(name) is not null);
        if (model.Find(name) is not { } tensor)
            return null;
        Assert.InRange(tensor.OwnedBytes, 0, 2 * length);
        if (tensor.Type is null)
        {
            Assert.Throws<InvalidModelFileException>(() => model.Rows(name));
            return null;
        }
        try
        {
            var matrix = model.Matrix(name, TensorShape.Wanted(tensor.Shape.AsSpan()));
            Assert.InRange((long)matrix.Rows * matrix.Cols, 1, 2 * length);
            float[] row = new float[matrix.Cols];
            for (int i = 0; i < matrix.Rows; i++)
            {
                matrix.CopyRow(i, row);
                model.Rows(name).Copy(i, row);
            }
            return null;
        }
        catch (InvalidModelFileException e)
        {
            return e;
        }
    }
}
