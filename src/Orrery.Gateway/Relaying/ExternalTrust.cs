using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orrery.Gateway.Relaying;

/// <summary>Which certificates servers elsewhere may show: those that the machine trusts, and those of authorities in a file of one's own.</summary>
internal static class ExternalTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <param name="path">Of a PEM file with certificates; empty: there is none.</param>
    /// <returns>Null: the machine alone decides.</returns>
    public static RemoteCertificateValidationCallback? Load(string path)
    {
        if (path.Length == 0)
            return null;
        var authorities = Read(path);
        return (_, certificate, chain, errors) => errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is X509Certificate2 shown && IsOf(authorities, shown, chain));
    }

    /// <returns>Null: it can be used.</returns>
    public static string? Problem(string path)
    {
        if (path.Length == 0)
            return null;
        if (!Path.IsPathFullyQualified(path))
            return $"'{path}' must be an absolute path";
        try
        {
            return Read(path).Count > 0 ? null : $"'{path}' holds no certificate in PEM";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"'{path}' cannot be read: {e.Message}";
        }
    }

    private static X509Certificate2Collection Read(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        return certificates;
    }

    private static bool IsOf(X509Certificate2Collection authorities, X509Certificate2 shown, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(e => e.Certificate).ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        return chain.Build(shown);
    }
}
