using Orrery.Resources.Text;

namespace Orrery.Api.Tests;

public sealed class KubeconfigTests
{
    [Fact]
    public void It_is_private_whole_and_points_at_the_server()
    {
        using var folder = new TempFolder();
        string path = folder.File("kubeconfig");

        Kubeconfig.Write(path, new Uri("https://127.0.0.1:8443/"), "PEM", "first");
        Kubeconfig.Write(path, new Uri("https://127.0.0.1:9443/"), "PEM", "second");

        var json = Yaml.ParseAll(File.ReadAllText(path)).Single();
        Assert.Equal("orrery", (string?)json["current-context"]);
        Assert.Equal("https://127.0.0.1:9443", (string?)json["clusters"]![0]!["cluster"]!["server"]);
        Assert.Equal("second", (string?)json["users"]![0]!["user"]!["token"]);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }
}
