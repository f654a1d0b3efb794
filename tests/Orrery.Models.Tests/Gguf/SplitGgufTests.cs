using Orrery.Models.Gguf;

namespace Orrery.Models.Tests.Gguf;

public sealed class SplitGgufTests
{
    [Theory]
    [InlineData("m-00001-of-00003.gguf")]
    [InlineData("m-00003-of-00003.gguf")]
    [InlineData("")]
    public void Any_part_or_their_folder_opens_the_whole(string path)
    {
        using var folder = new TempFolder();
        WriteModel(folder, "m");

        using var model = ModelSource.Open(Path.Combine(folder.Path, path));
        float[] values = [.. model.TensorNames.Order().Select(name => FirstOf(model, name))];

        Assert.Equal(["t1", "t2", "t3"], model.TensorNames.Order());
        Assert.Equal([1, 2, 3], values);
        long bytes = Directory.GetFiles(folder.Path).Sum(file => new FileInfo(file).Length);
        Assert.Equal(("m", "llama", bytes), (model.Name, model.Architecture, model.FileBytes));
    }

    [Fact]
    public void Two_split_models_in_a_folder_are_two()
    {
        using var folder = new TempFolder();
        WriteModel(folder, "m");
        WriteModel(folder, "n");

        Assert.Contains("holds 2 GGUF models", Assert.Throws<InvalidModelFileException>(() => ModelSource.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_is_missing_is_named()
    {
        using var folder = new TempFolder();
        WriteModel(folder, "m");
        File.Delete(folder.File("m-00002-of-00003.gguf"));

        AssertRefused(folder, 1, "m-00002-of-00003.gguf: part 2 of 3 is missing. Get all files of the model.");
        AssertRefused(folder, 3, "m-00002-of-00003.gguf: part 2 of 3 is missing");
        AssertRefused(folder, null, "m-00002-of-00003.gguf: part 2 of 3 is missing");
    }

    [Fact]
    public void A_part_under_another_ones_name_is_named()
    {
        using var folder = new TempFolder();
        WriteModel(folder, "m");
        File.Copy(folder.File("m-00003-of-00003.gguf"), folder.File("m-00002-of-00003.gguf"), overwrite: true);

        AssertRefused(folder, 1, "m-00002-of-00003.gguf: part 2 of 3 is part 3 of 3 by its metadata");
        AssertRefused(folder, 2, "m-00002-of-00003.gguf: key 'split.no' makes the file part 3 of 3, which its name does not say");
    }

    [Fact]
    public void A_part_of_another_split_is_named()
    {
        using var folder = new TempFolder();
        WriteModel(folder, "m");
        File.WriteAllBytes(folder.File("m-00002-of-00003.gguf"), Part(1, 4, "t2"));

        AssertRefused(folder, 1, "m-00002-of-00003.gguf: part 2 of 3 is part 2 of 4 by its metadata");
    }

    [Fact]
    public void A_tensor_in_two_parts_is_named()
    {
        using var folder = new TempFolder();
        WriteModel(folder, "m");
        File.WriteAllBytes(folder.File("m-00003-of-00003.gguf"), Part(2, 3, "t1"));

        AssertRefused(folder, 1, "m-00003-of-00003.gguf: tensor 't1' is in part 3 and in part 1 of 3");
    }

    [Fact]
    public void Tensors_are_counted()
    {
        using var folder = new TempFolder();
        WriteModel(folder, "m");
        File.WriteAllBytes(folder.File("m-00002-of-00003.gguf"), Part(1, 3));

        AssertRefused(folder, 2, "m-00001-of-00003.gguf: key 'split.tensors.count' is 3; the 3 parts hold 2 tensors");
    }

    [Fact]
    public void A_part_that_is_not_called_one_says_what_it_should_be_called()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("model.gguf"), Part(0, 2, "t1"));

        Assert.Contains("Give every part its own name back, such as NAME-00001-of-00002.gguf.", Assert.Throws<InvalidModelFileException>(() => GgufFile.Open(folder.File("model.gguf"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_only_called_a_part_is_a_model()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("m-00001-of-00001.gguf"), new GgufBuilder().Tensor("t", [4], 0, 16).File());
        File.WriteAllBytes(folder.File("merged.gguf"), new GgufBuilder().Pair("split.count", 2, [0, 0]).Tensor("t", [4], 0, 16).File());

        foreach (string name in (string[])["m-00001-of-00001.gguf", "merged.gguf"])
        {
            using var file = GgufFile.Open(folder.File(name));
            Assert.Equal(["t"], file.TensorNames);
        }
    }

    [Theory]
    [InlineData("a-00001-of-00002.gguf", "a", 1, 2)]
    [InlineData("a-b-00012-of-00012.gguf", "a-b", 12, 12)]
    [InlineData("a-00003-of-00002.gguf", null, 0, 0)]
    [InlineData("a-00000-of-00002.gguf", null, 0, 0)]
    [InlineData("a-0001-of-00002.gguf", null, 0, 0)]
    [InlineData("a-+0001-of-00002.gguf", null, 0, 0)]
    [InlineData("-00001-of-00002.gguf", null, 0, 0)]
    [InlineData("a.gguf", null, 0, 0)]
    [InlineData("a-00001-of-00002.bin", null, 0, 0)]
    public void Names_of_parts(string fileName, string? name, int number, int count)
    {
        var part = GgufPartName.Parse(fileName);

        Assert.Equal(name is null ? null : new GgufPartName(name, number, count), part);
        Assert.Equal(name is null ? null : fileName, part?.FileName);
    }

    /// <summary>Three parts with a tensor each: t1 of ones, t2 of twos, t3 of threes.</summary>
    internal static void WriteModel(TempFolder folder, string name)
    {
        for (int part = 0; part < 3; part++)
            File.WriteAllBytes(folder.File($"{name}-{part + 1:00000}-of-00003.gguf"), Part(part, 3, $"t{part + 1}"));
    }

    private static byte[] Part(int number, int count, params string[] tensors)
    {
        var builder = new GgufBuilder();
        if (number == 0)
            builder.String("general.architecture", "llama").Number("llama.context_length", 128).Pair("split.tensors.count", 5, BitConverter.GetBytes(3));
        builder.Pair("split.no", 2, [(byte)number, 0]).Pair("split.count", 2, [(byte)count, 0]);
        foreach (string tensor in tensors)
            builder.Tensor(tensor, [4], 0, 16);
        byte[] file = builder.File();
        if (tensors.Length > 0)
            BitConverter.TryWriteBytes(file.AsSpan(file.Length - 32), (float)(number + 1));
        return file;
    }

    private static float FirstOf(IModelSource model, string name)
    {
        float[] row = new float[4];
        model.Matrix(name, 4).CopyRow(0, row);
        return row[0];
    }

    private static void AssertRefused(TempFolder folder, int? part, string expected)
    {
        string path = part is { } number ? folder.File($"m-{number:00000}-of-00003.gguf") : folder.Path;
        Assert.Contains(expected, Assert.Throws<InvalidModelFileException>(() => ModelSource.Open(path)).Message, StringComparison.Ordinal);
    }
}
