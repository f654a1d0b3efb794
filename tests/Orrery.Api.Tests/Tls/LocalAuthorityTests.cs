using System.Security.Cryptography.X509Certificates;
using Orrery.Api.Tls;

namespace Orrery.Api.Tests.Tls;

public sealed class LocalAuthorityTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Pki => _folder.File("pki");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Opened_again_it_is_the_same()
    {
        var first = Open(At(2026));
        var second = Open(At(2026));

        Assert.Equal(first.CaCertificate, second.CaCertificate);
        Assert.Equal(first.Server.Thumbprint, second.Server.Thumbprint);
        Assert.Equal(first.AdminClient, second.AdminClient);
        Assert.True(second.Server.HasPrivateKey);
        Assert.False(second.Authority.HasPrivateKey);
        Assert.Equal(["admin-client.crt", "admin-client.key", "ca.crt", "ca.key", "server.crt", "server.key"], Directory.GetFiles(Pki).Select(Path.GetFileName).Order());
        foreach (string key in new[] { "admin-client.key", "ca.key", "server.key" })
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(Pki, key)) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), key);
    }

    [Fact]
    public void Names_of_this_machine_and_those_given_are_in_the_certificate()
    {
        var server = Open(At(2026), "models.example", "10.0.0.7").Server;

        foreach (string host in new[] { "localhost", "127.0.0.1", "::1", Environment.MachineName, "models.example", "10.0.0.7" })
            Assert.True(Certificates.Names(server, host), host);
        Assert.False(Certificates.Names(server, "elsewhere.example"));
    }

    [Fact]
    public void A_new_name_means_a_new_server_certificate_of_the_same_authority()
    {
        var before = Open(At(2026));
        var after = Open(At(2026), "models.example");

        Assert.NotEqual(before.Server.Thumbprint, after.Server.Thumbprint);
        Assert.Equal(before.CaCertificate, after.CaCertificate);
        Assert.True(IsTrusted(after, At(2026)));
    }

    [Theory]
    [InlineData(334, false)]
    [InlineData(336, true)]
    public void The_server_certificate_is_renewed_30_days_before_it_ends(int daysLater, bool renewed)
    {
        var before = Open(At(2026));
        var later = At(2026).AddDays(daysLater);

        var after = Open(later);

        Assert.Equal(renewed, before.Server.Thumbprint != after.Server.Thumbprint);
        Assert.Equal(before.CaCertificate, after.CaCertificate);
        Assert.True(IsTrusted(after, later));
    }

    [Theory]
    [InlineData(240, false)]
    [InlineData(247, true)]
    public void The_admins_certificate_is_renewed_when_less_than_a_third_of_its_year_is_left(int daysLater, bool renewed)
    {
        var before = Open(At(2026));

        var after = Open(At(2026).AddDays(daysLater));

        Assert.Equal(renewed, before.AdminClient != after.AdminClient);
        Assert.Equal(before.CaCertificate, after.CaCertificate);
    }

    [Fact]
    public void The_admins_certificate_is_made_again_when_it_is_broken_of_another_authority_or_for_servers()
    {
        foreach (string problem in (string[])["broken", "foreign", "for servers"])
        {
            var before = Open(At(2026));
            switch (problem)
            {
                case "broken":
                    File.WriteAllText(Path.Combine(Pki, "admin-client.crt"), "not a certificate");
                    break;
                case "foreign":
                    File.Delete(Path.Combine(Pki, "ca.crt"));
                    break;
                default:
                    File.Copy(Path.Combine(Pki, "server.crt"), Path.Combine(Pki, "admin-client.crt"), overwrite: true);
                    File.Copy(Path.Combine(Pki, "server.key"), Path.Combine(Pki, "admin-client.key"), overwrite: true);
                    break;
            }

            var after = Open(At(2026));

            Assert.NotEqual(before.AdminClient, after.AdminClient);
            using var certificate = X509Certificate2.CreateFromPem(after.AdminClient.Certificate, after.AdminClient.Key);
            Assert.True(Certificates.IsForClients(certificate), problem);
            Assert.True(Certificates.IsSignedBy(certificate, after.Authority), problem);
        }
    }

    [Fact]
    public void The_admins_key_is_not_in_what_gets_printed() => Assert.DoesNotContain("PRIVATE", $"{Open(At(2026)).AdminClient}", StringComparison.Ordinal);

    [Fact]
    public void An_authority_about_to_end_is_replaced_with_everything_it_signed()
    {
        var before = Open(At(2026));
        var after = Open(At(2036).AddDays(-10));

        Assert.NotEqual(before.CaCertificate, after.CaCertificate);
        Assert.True(IsTrusted(after, At(2036)));
    }

    [Fact]
    public void A_server_certificate_never_outlives_its_authority()
    {
        Open(At(2026));
        var late = At(2035).AddDays(200);

        var server = Open(late).Server;

        Assert.True(server.NotAfter.ToUniversalTime() <= At(2036).UtcDateTime);
    }

    [Fact]
    public void Broken_server_files_are_made_again()
    {
        Open(At(2026));
        File.WriteAllText(Path.Combine(Pki, "server.key"), "not a key");

        Assert.True(IsTrusted(Open(At(2026)), At(2026)));
    }

    [Fact]
    public void A_broken_authority_is_an_error_that_names_the_file()
    {
        Open(At(2026));
        File.WriteAllText(Path.Combine(Pki, "ca.key"), "not a key");

        var error = Assert.Throws<UnusableAuthorityException>(() => Open(At(2026)));
        Assert.Contains(Path.Combine(Pki, "ca.key"), error.Message, StringComparison.Ordinal);
    }

    private LocalAuthority Open(DateTimeOffset now, params string[] hosts) => LocalAuthority.Open(Pki, hosts, new FixedTime(now));

    private static DateTimeOffset At(int year) => new(year, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static bool IsTrusted(LocalAuthority authority, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authority.CaCertificate));
        return chain.Build(authority.Server);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
