using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orrery.Platform.Access;

namespace Orrery.Api.Tls;

/// <summary>
/// A certificate authority of this machine's own, and what it signed: the server's certificate, and the one with which the home's owner comes as
/// its admin. Made once in a folder and read from then on. Made again when it is unreadable, not of this authority, or soon ends: the server's
/// within 30 days or when it lacks a wanted name, the admin's when less than a third of its life is left, the authority's within 30 days.
/// <code>
///   pki/ca.crt  pki/ca.key (0600)      ECDSA P-256, 10 years
///   pki/server.crt  pki/server.key (0600)      ECDSA P-256, 1 year
///   pki/admin-client.crt  pki/admin-client.key (0600)      ECDSA P-256, 1 year, CN=admin, O=system:masters
/// </code>
/// There is no list of revoked certificates: to shut out one that got into wrong hands, remove the folder, which makes a new authority.
/// </summary>
public sealed record LocalAuthority
{
    private const string Admin = "admin";

    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private LocalAuthority(X509Certificate2 authority, X509Certificate2 server, ClientCredential adminClient)
    {
        Authority = authority;
        Server = server;
        AdminClient = adminClient;
    }

    /// <summary>What clients must trust, as PEM.</summary>
    public string CaCertificate => Authority.ExportCertificatePem();

    /// <summary>Without its private key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Server { get; }

    public ClientCredential AdminClient { get; }

    /// <param name="hosts">Names and addresses besides localhost, 127.0.0.1, ::1 and this machine's name.</param>
    /// <exception cref="UnusableAuthorityException">Files are there but do not hold a certificate authority.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static LocalAuthority Open(string folder, IReadOnlyCollection<string> hosts, TimeProvider time)
    {
        CreateFolder(folder);
        var now = time.GetUtcNow();
        string[] wanted = [.. new[] { "localhost", "127.0.0.1", "::1", Environment.MachineName }.Concat(hosts).Distinct(StringComparer.OrdinalIgnoreCase)];

        using var ca = AuthorityWithKey(folder, now);
        var server = Kept(folder, "server", ca, now, s => Left(s, now) >= RenewBefore && wanted.All(h => Certificates.Names(s, h)))
            ?? Made(folder, "server", Certificates.NewServer(ca, wanted, now));
        using var client = Kept(folder, "admin-client", ca, now, c => Certificates.IsForClients(c) && Left(c, now) >= (c.NotAfter - c.NotBefore) / 3)
            ?? Made(folder, "admin-client", Certificates.NewClient(ca, Admin, [CallerGroups.Masters], now));
        return new LocalAuthority(
            X509CertificateLoader.LoadCertificate(ca.RawData), server,
            new ClientCredential(client.ExportCertificatePem(), client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()));
    }

    private static X509Certificate2? Kept(string folder, string name, X509Certificate2 ca, DateTimeOffset now, Func<X509Certificate2, bool> isGood)
    {
        var existing = Existing(folder, name);
        if (existing is not null && Left(existing, now) > TimeSpan.Zero && Certificates.IsSignedBy(existing, ca) && isGood(existing))
            return existing;
        existing?.Dispose();
        return null;
    }

    private static X509Certificate2 Made(string folder, string name, X509Certificate2 certificate)
    {
        Write(folder, name, certificate);
        return certificate;
    }

    private static TimeSpan Left(X509Certificate2 certificate, DateTimeOffset now) => certificate.NotAfter.ToUniversalTime() - now.UtcDateTime;

    private static X509Certificate2 AuthorityWithKey(string folder, DateTimeOffset now)
    {
        if (File.Exists(Certificate(folder, "ca")))
        {
            var existing = Existing(folder, "ca")
                ?? throw new UnusableAuthorityException(
                    $"'{Certificate(folder, "ca")}' and '{Key(folder, "ca")}' are no certificate with its key: restore them, or remove the folder '{folder}' to have new ones made");
            if (Left(existing, now) >= RenewBefore)
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

/// <summary>With what a client proves who it is.</summary>
/// <param name="Certificate">PEM.</param>
/// <param name="Key">PEM, PKCS #8. A secret.</param>
public sealed record ClientCredential(string Certificate, string Key)
{
    public X509Certificate2 ToCertificate() => X509Certificate2.CreateFromPem(Certificate, Key);

    /// <summary>So that no log ever shows the key.</summary>
    public override string ToString() => nameof(ClientCredential);
}

/// <summary>The certificate authority's files cannot be used. The message names them and what to do.</summary>
public sealed class UnusableAuthorityException(string message) : Exception(message);
