using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orrery.Api.Tls;

/// <summary>
/// A certificate authority of this machine's own, and the server certificate that it signed. Made once in a folder and read from then on;
/// the server's is issued again when it ends within 30 days, lacks a wanted name or is unreadable, the authority's only when it ends within 30 days.
/// <code>
///   pki/ca.crt  pki/ca.key (0600)      ECDSA P-256, 10 years
///   pki/server.crt  pki/server.key (0600)      ECDSA P-256, 1 year
/// </code>
/// </summary>
public sealed record LocalAuthority
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private LocalAuthority(string caCertificate, X509Certificate2 server)
    {
        CaCertificate = caCertificate;
        Server = server;
    }

    /// <summary>What clients must trust, as PEM.</summary>
    public string CaCertificate { get; }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Server { get; }

    /// <param name="hosts">Names and addresses besides localhost, 127.0.0.1, ::1 and this machine's name.</param>
    /// <exception cref="UnusableAuthorityException">Files are there but do not hold a certificate authority.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static LocalAuthority Open(string folder, IReadOnlyCollection<string> hosts, TimeProvider time)
    {
        CreateFolder(folder);
        var now = time.GetUtcNow();
        string[] wanted = [.. new[] { "localhost", "127.0.0.1", "::1", Environment.MachineName }.Concat(hosts).Distinct(StringComparer.OrdinalIgnoreCase)];

        using var ca = Authority(folder, now);
        var server = Existing(folder, "server");
        if (server is null || server.NotAfter.ToUniversalTime() - now.UtcDateTime < RenewBefore || !IsSignedBy(server, ca, now) || !wanted.All(h => Certificates.Names(server, h)))
        {
            server?.Dispose();
            server = Certificates.NewServer(ca, wanted, now);
            Write(folder, "server", server);
        }
        return new LocalAuthority(ca.ExportCertificatePem(), server);
    }

    private static X509Certificate2 Authority(string folder, DateTimeOffset now)
    {
        if (File.Exists(Certificate(folder, "ca")))
        {
            var existing = Existing(folder, "ca")
                ?? throw new UnusableAuthorityException(
                    $"'{Certificate(folder, "ca")}' and '{Key(folder, "ca")}' are no certificate with its key: restore them, or remove the folder '{folder}' to have new ones made");
            if (existing.NotAfter.ToUniversalTime() - now.UtcDateTime >= RenewBefore)
                return existing;
            existing.Dispose();
        }
        var made = Certificates.NewAuthority(now);
        Write(folder, "ca", made);
        return made;
    }

    private static X509Certificate2? Existing(string folder, string name)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(Certificate(folder, name), Key(folder, name));
        }
        catch (Exception e) when (e is CryptographicException or FileNotFoundException)
        {
            return null;
        }
    }

    private static bool IsSignedBy(X509Certificate2 server, X509Certificate2 ca, DateTimeOffset now)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTimeIgnored = false,
                VerificationTime = now.UtcDateTime,
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        return chain.Build(server);
    }

    // The key first: a certificate without its key is of no use, a key without its certificate is made again.
    private static void Write(string folder, string name, X509Certificate2 certificate)
    {
        PrivateFile.Write(Key(folder, name), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n", secret: true);
        PrivateFile.Write(Certificate(folder, name), certificate.ExportCertificatePem() + "\n", secret: false);
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static string Certificate(string folder, string name) => Path.Combine(folder, name + ".crt");

    private static string Key(string folder, string name) => Path.Combine(folder, name + ".key");
}

/// <summary>The certificate authority's files cannot be used. The message names them and what to do.</summary>
public sealed class UnusableAuthorityException(string message) : Exception(message);
