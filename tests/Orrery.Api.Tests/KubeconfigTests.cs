using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Api.Tls;
using Orrery.Resources.Text;

namespace Orrery.Api.Tests;

public sealed class KubeconfigTests
{
    [Fact]
    public void It_is_private_whole_and_points_at_the_server()
    {
        using var folder = new TempFolder();
        string path = folder.File("kubeconfig");

        var authority = LocalAuthority.Open(folder.File("pki"), [], TimeProvider.System);

        Kubeconfig.Write(path, new Uri("https://127.0.0.1:8443/"), authority);
        Kubeconfig.Write(path, new Uri("https://127.0.0.1:9443/"), authority);

        var json = Yaml.ParseAll(File.ReadAllText(path)).Single();
        Assert.Equal("orrery", (string?)json["current-context"]);
        Assert.Equal("https://127.0.0.1:9443", (string?)json["clusters"]![0]!["cluster"]!["server"]);
        Assert.Equal(authority.CaCertificate, Pem(json["clusters"]![0]!["cluster"]!["certificate-authority-data"]));
        var user = json["users"]![0]!["user"]!.AsObject();
        Assert.Equal(["client-certificate-data", "client-key-data"], user.Select(f => f.Key).Order());
        using var certificate = X509Certificate2.CreateFromPem(Pem(user["client-certificate-data"]), Pem(user["client-key-data"]));
        Assert.Equal(["CN=admin", "O=system:masters"], certificate.Subject.Split(", ").Order());
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    private static string Pem(JsonNode? base64) => Encoding.ASCII.GetString(Convert.FromBase64String((string)base64!));
}
