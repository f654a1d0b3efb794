using Orrery.Models.Safetensors;
using Orrery.Tensors;

namespace Orrery.Models.Tests.Safetensors;

public sealed class SafetensorsWriterTests
{
    [Theory]
    [InlineData(1_000_000, 1)]
    [InlineData(100_000, 6)]
    [InlineData(1, 47)]
    public void A_model_comes_back_from_one_file_or_from_shards(long maxShardBytes, int files)
    {
        using var original = SafetensorsModel.Open(Repository.File("tests", "Data", "stories260K", "hf-bf16"));
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("config.json"), "{}");
        var tensors = original.TensorNames.Select(name => new TensorToWrite(name, DType.BF16, original.Find(name)!.Shape, to => to.Write(BytesOf(original.Rows(name))))).ToList();

        SafetensorsWriter.Write(folder.Path, tensors, maxShardBytes);

        using var copy = SafetensorsModel.Open(folder.Path);
        Assert.Equal(files, Directory.GetFiles(folder.Path, "*.safetensors").Length);
        Assert.Equal(files > 1, File.Exists(folder.File("model.safetensors.index.json")));
        Assert.Equal(original.TensorNames.Order(), copy.TensorNames.Order());
        Assert.All(original.TensorNames, name =>
        {
            Assert.Equal(original.Find(name)!.Shape, copy.Find(name)!.Shape);
            Assert.Equal(BytesOf(original.Rows(name)), BytesOf(copy.Rows(name)));
        });
    }

    [Fact]
    public void Shards_are_filled_in_order()
    {
        TensorToWrite Of(string name, long bytes) => new(name, DType.F32, [bytes / 4], _ => { });

        var shards = SafetensorsWriter.Split([Of("a", 40), Of("b", 60), Of("c", 4), Of("d", 400), Of("e", 96), Of("f", 4)], maxShardBytes: 100);

        Assert.Equal(["ab", "c", "d", "ef"], shards.Select(shard => string.Concat(shard.Select(tensor => tensor.Name))));
        Assert.Single(SafetensorsWriter.Split([], 100));
    }

    [Fact]
    public void A_failure_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        var good = new TensorToWrite("a", DType.F32, [1], to => to.Write(new byte[4]));
        var bad = new TensorToWrite("b", DType.F32, [1], _ => throw new IOException("No space left on device"));

        Assert.Throws<IOException>(() => SafetensorsWriter.Write(folder.Path, [good, bad], maxShardBytes: 4));
        Directory.CreateDirectory(folder.File("model-00002-of-00002.safetensors"));
        Assert.ThrowsAny<Exception>(() => SafetensorsWriter.Write(folder.Path, [good, good with { Name = "b" }], maxShardBytes: 4));

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_with_a_model_is_left_alone()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("model.safetensors"), "old");

        Assert.Contains("holds a model already", Assert.Throws<IOException>(() => SafetensorsWriter.Write(folder.Path, [])).Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(folder.File("model.safetensors")));
    }

    [Fact]
    public void What_has_no_form_is_refused()
    {
        using var folder = new TempFolder();
        var tensor = new TensorToWrite("a", DType.F32, [1], to => to.Write(new byte[4]));

        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(folder.Path, [tensor, tensor]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(folder.Path, [tensor with { Name = "__metadata__" }]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(folder.Path, [tensor with { Type = DType.Q8_0, Shape = [32] }]));
    }

    private static byte[] BytesOf(WeightRows rows)
    {
        byte[] bytes = new byte[rows.Rows * rows.Cols * 2];
        float[] row = new float[rows.Cols];
        for (int i = 0; i < rows.Rows; i++)
        {
            rows.Copy(i, row);
            Quantizer.Quantize(DType.BF16, row, bytes.AsSpan(i * rows.Cols * 2, rows.Cols * 2));
        }
        return bytes;
    }
}
