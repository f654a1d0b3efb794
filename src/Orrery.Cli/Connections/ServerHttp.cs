using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Orrery.Cli.Connections;

/// <summary>The HTTP client of a server: its trust, its credentials, its bounds.</summary>
internal static class ServerHttp
{
    private const int MaxAnswerBytes = 512 * 1024 * 1024;
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

    public static HttpClient Create(ServerAccess access)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectWithin,
            // Credentials go to the server that was named, and nowhere else.
            AllowAutoRedirect = false,
            SslOptions = Tls(access),
        };
        var http = new HttpClient(handler) { BaseAddress = access.Server, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
        if (access.Authorization is { } authorization)
            http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(authorization);
        http.DefaultRequestHeaders.UserAgent.ParseAdd("orrery");
        return http;
    }

    private static SslClientAuthenticationOptions Tls(ServerAccess access)
    {
        var tls = new SslClientAuthenticationOptions();
        if (access.Authorities is { } authorities)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        if (access.Certificate is { } certificate)
            tls.ClientCertificates = [certificate];
        if (access.Insecure)
        {
#pragma warning disable CA5359 // What insecure-skip-tls-verify asks for.
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (access.TlsServerName is { } name)
        {
            tls.RemoteCertificateValidationCallback = (_, shown, _, errors)
                => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == 0 && shown is X509Certificate2 server && server.MatchesHostname(name);
        }
        return tls;
    }
}
