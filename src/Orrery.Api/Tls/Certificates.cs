using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orrery.Api.Tls;

/// <summary>X.509 certificates over ECDSA P-256, as Go, OpenSSL and .NET all take them.</summary>
internal static class Certificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string SubjectAlternativeName = "2.5.29.17";

    // Clocks of clients run behind.
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    public static X509Certificate2 NewAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The serial in the name keeps a new authority apart from an old one that a client still trusts.
        var request = new CertificateRequest($"CN=Orrery local authority {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - Backdated, now.AddYears(10));
    }

    /// <param name="hosts">DNS names and IP addresses.</param>
    public static X509Certificate2 NewServer(X509Certificate2 ca, IReadOnlyList<string> hosts, DateTimeOffset now)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName("orrery");
        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }
        return NewLeaf(ca, subject, ServerAuthentication, now, names.Build());
    }

    /// <param name="groups">Each becomes an organisation.</param>
    public static X509Certificate2 NewClient(X509Certificate2 ca, string user, IReadOnlyList<string> groups, DateTimeOffset now)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (string group in groups)
            subject.AddOrganizationName(group);
        subject.AddCommonName(user);
        return NewLeaf(ca, subject, ClientAuthentication, now);
    }

    /// <summary>One that was made to prove who a client is, and for nothing that we would have to guess.</summary>
    public static bool IsForClients(X509Certificate2 certificate)
        => certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(e => e.EnhancedKeyUsages.OfType<Oid>().Any(o => o.Value == ClientAuthentication));

    /// <summary>Whatever time it is; no other authority counts, and nothing is fetched.</summary>
    public static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 ca)
    {
        using var chain = new X509Chain { ChainPolicy = TrustingOnly(ca) };
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    public static X509ChainPolicy TrustingOnly(X509Certificate2 ca) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { ca },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    public static bool Names(X509Certificate2 certificate, string host)
    {
        if (certificate.Extensions[SubjectAlternativeName] is not { } extension)
            return false;
        var names = new X509SubjectAlternativeNameExtension(extension.RawData);
        return IPAddress.TryParse(host, out var address)
            ? names.EnumerateIPAddresses().Contains(address)
            : names.EnumerateDnsNames().Contains(host, StringComparer.OrdinalIgnoreCase);
    }

    private static X509Certificate2 NewLeaf(
        X509Certificate2 ca, X500DistinguishedNameBuilder subject, string usage, DateTimeOffset now, params ReadOnlySpan<X509Extension> more)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        foreach (var extension in more)
            request.CertificateExtensions.Add(extension);

        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;                                                   // a positive number, as RFC 5280 asks
        var authorityEnds = new DateTimeOffset(ca.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        var ends = now.AddYears(1) < authorityEnds ? now.AddYears(1) : authorityEnds;
        using var certificate = request.Create(ca, now - Backdated, ends, serial);
        return certificate.CopyWithPrivateKey(key);
    }
}
