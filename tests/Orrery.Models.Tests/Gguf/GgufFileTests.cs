using Orrery.Models.Gguf;

namespace Orrery.Models.Tests.Gguf;

public sealed class GgufFileTests
{
    [Fact]
    public void Weights_are_those_of_the_file()
    {
        string path = Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf");
        using var file = GgufFile.Open(path);
        var row = new float[64];

        file.Matrix("token_embd.weight", 512, 64).CopyRow(511, row);

        int at = (int)file.Header.Tensors["token_embd.weight"].Offset + (511 * 64 * sizeof(float));
        Assert.Equal(BitConverter.ToSingle(File.ReadAllBytes(path), at), row[0]);
    }

    [Theory]
    [InlineData("token_embd.weight", new[] { 512, 65 }, "has shape [64, 512]; the metadata asks for [65, 512]")]
    [InlineData("token_embd.weight", new[] { 64 * 512 }, "has shape [64, 512]; the metadata asks for [32768]")]
    [InlineData("token_embd.weight", new[] { 2, 256, 64 }, "has shape [64, 512]; the metadata asks for [64, 256, 2]")]
    [InlineData("token_embd.weight", new int[0], "has shape [64, 512]; the metadata asks for []")]
    [InlineData("output_norm.weight", new[] { 63 }, "has shape [64]; the metadata asks for [63]")]
    [InlineData("absent.weight", new[] { 64 }, "tensor 'absent.weight' is missing")]
    public void A_tensor_that_is_not_as_expected_is_named(string name, int[] shape, string expected)
    {
        using var file = GgufFile.Open(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"));

        Assert.Contains(expected, Assert.Throws<InvalidModelFileException>(() => file.Matrix(name, shape)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_without_kernels_is_named_with_those_that_work()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("iq1_s.gguf"), new GgufBuilder().Tensor("t", [256], type: 19, bytes: 50).File());
        using var file = GgufFile.Open(folder.File("iq1_s.gguf"));

        var error = Assert.Throws<InvalidModelFileException>(() => file.Matrix("t", 256));

        Assert.Contains(
            "tensor 't' has type IQ1_S. Use a file with F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, BF16, MXFP4 weights.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Null(file.Find("t")!.Type);
    }

    [Fact]
    public void A_path_that_is_no_model_file_is_said_to_be_so()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("empty.gguf"), []);

        Assert.Contains("does not exist", Assert.Throws<InvalidModelFileException>(() => GgufFile.Open(folder.File("absent.gguf"))).Message, StringComparison.Ordinal);
        Assert.Contains("is empty", Assert.Throws<InvalidModelFileException>(() => GgufFile.Open(folder.File("empty.gguf"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<InvalidModelFileException>(() => GgufFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbolic_link_leads_to_the_file()
    {
        using var folder = new TempFolder();
        File.CreateSymbolicLink(folder.File("link.gguf"), Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"));

        using var file = GgufFile.Open(folder.File("link.gguf"));

        Assert.Equal(1_054_432, file.FileBytes);
    }

    [Fact]
    public void A_file_that_failed_to_open_is_let_go()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("bad.gguf"), "GGUF and nothing behind");
        Assert.Throws<InvalidModelFileException>(() => GgufFile.Open(folder.File("bad.gguf")));

        using var exclusive = new FileStream(folder.File("bad.gguf"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.True(exclusive.CanWrite);
    }

    [Fact]
    public void After_disposal_there_are_no_weights()
    {
        var file = GgufFile.Open(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"));
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Matrix("token_embd.weight", 512, 64));
    }
}
