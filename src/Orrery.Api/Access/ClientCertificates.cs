using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orrery.Api.Tls;
using Orrery.Platform.Access;

namespace Orrery.Api.Access;

/// <summary>
/// Whom a client certificate names: the common name is the user, every organisation a group, as Kubernetes has it. Only certificates count that
/// the home's own authority signed for clients; what the machine trusts otherwise does not matter. The TLS handshake lets every certificate pass,
/// so that a wrong one is told in a Status instead of a broken connection.
/// </summary>
internal sealed class ClientCertificates(X509Certificate2 authority, TimeProvider time)
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";

    // One certificate object per connection: its signature is checked once, its time at each request.
    private readonly ConditionalWeakTable<X509Certificate2, Identity> _checked = [];

    public Identity Of(X509Certificate2 certificate)
    {
        var identity = _checked.GetValue(certificate, Check);
        var now = time.GetUtcNow().UtcDateTime;
        if (identity is not Identity.Known)
            return identity;
        if (certificate.NotAfter.ToUniversalTime() < now)
            return new Identity.Unknown($"the client certificate ended at {certificate.NotAfter.ToUniversalTime():u}; 'orrery up' renews that of its kubeconfig when it starts");
        return certificate.NotBefore.ToUniversalTime() > now
            ? new Identity.Unknown($"the client certificate begins at {certificate.NotBefore.ToUniversalTime():u}; compare the clocks")
            : identity;
    }

    private Identity Check(X509Certificate2 certificate)
    {
        if (!Certificates.IsForClients(certificate) || !Certificates.IsSignedBy(certificate, authority))
            return new Identity.Unknown("the client certificate is not one that this server's authority signed for clients");
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(n => !n.HasMultipleElements)
            .ToLookup(n => n.GetSingleElementType().Value, n => n.GetSingleElementValue() ?? "");
        return names[CommonName].FirstOrDefault() is { Length: > 0 } user
            ? new Identity.Known(Caller.OfGroups(user, names[Organization]) with { Credential = $"X509SHA256={certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}" })
            : new Identity.Unknown("the client certificate has no common name");
    }
}
