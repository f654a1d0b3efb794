namespace Orrery.Api.Tests.Kubectl;

/// <summary><c>kubectl auth</c> with the kubeconfig's certificate.</summary>
public sealed class KubectlAuthTests
{
    public static TheoryData<string> Programs => ["kubectl.1.33", "kubectl.1.27", "kubectl"];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Can_i_and_whoami(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = await KubectlProgram.FindAsync(program, home, api, minor: 27);

        Assert.Equal("yes\n", await kubectl.SucceedsAsync("auth", "can-i", "get", "isvc"));
        Assert.Equal("yes\n", await kubectl.SucceedsAsync("auth", "can-i", "delete", "secrets", "--as-uid="));
        Assert.Matches(@"\*\.\* +\[\] +\[\] +\[\*\]", await kubectl.SucceedsAsync("auth", "can-i", "--list"));
        string whoami = await kubectl.SucceedsAsync("auth", "whoami");
        Assert.Matches("Username +admin", whoami);
        Assert.Matches(@"Groups +\[system:masters system:authenticated\]", whoami);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Who_has_no_role_may_not_and_is_told(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = await KubectlProgram.FindAsync(program, home, api, minor: 27);
        using var certificate = api.NewCertificate("stranger", TimeProvider.System.GetUtcNow(), "somebody");
        await File.WriteAllTextAsync(home.File("s.crt"), certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(home.File("s.key"), System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        await kubectl.SucceedsAsync("config", "set-credentials", "stranger", "--client-certificate=s.crt", "--client-key=s.key");

        var may = await kubectl.RunAsync("auth", "can-i", "get", "inferenceservices.orrery.dev", "--user=stranger");
        var got = await kubectl.RunAsync("get", "--raw", TestApi.Services, "--user=stranger");

        Assert.Equal(1, may.Code);
        Assert.Contains("no", may.Output, StringComparison.Ordinal);
        Assert.Contains("User \"stranger\"", got.Error, StringComparison.Ordinal);
    }
}
