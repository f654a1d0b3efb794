using Orrery.Cli.Up;
using Orrery.Control.Models;
using Orrery.Resources.Models;

namespace Orrery.Cli.Tests;

public sealed class ModelFilesTests
{
    [Fact]
    public void A_path_with_escapes_that_is_not_there_is_told_why()
    {
        Assert.Contains("as they are written", Assert.IsType<ModelInspection.Broken>(ModelFiles.Inspect("file:///none/my%20model.gguf")).Message);
        Assert.IsType<ModelInspection.Missing>(ModelFiles.Inspect("file:///none/my model.gguf"));
    }

    [Fact]
    public void A_file_may_be_named_with_a_percent_sign()
    {
        using var folder = new TempFolder();
        File.Copy(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), folder.File("my%20model.gguf"));

        Assert.Null(ModelFiles.Problem(folder.File("my%20model.gguf")));
    }

    [Theory]
    [InlineData("file:///models/a.gguf", null)]
    [InlineData("file://localhost/models/a.gguf", "must not name a host: write file:///models/a.gguf")]
    [InlineData("file://models/a.gguf", "must hold an absolute path")]
    public void A_file_address_names_no_host(string uri, string? expected)
    {
        if (expected is null)
            Assert.Null(StorageUri.Problem(uri));
        else
            Assert.Contains(expected, StorageUri.Problem(uri));
    }
}
