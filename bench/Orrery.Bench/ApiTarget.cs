using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Orrery.Bench;

/// <summary>A server of the Kubernetes REST shape.</summary>
/// <param name="Process">Whose memory is looked at.</param>
internal sealed record ApiTarget(string Name, Uri Address, string Token, int Process)
{
    /// <summary>As kubectl and client libraries speak: HTTP/2, many requests on one connection.</summary>
    public HttpClient Client()
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true, SslOptions = { RemoteCertificateValidationCallback = IsOurs } };
        return new HttpClient(handler)
        {
            BaseAddress = Address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) },
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    // The server was started here a moment ago, with a certificate that it made itself: its address is all there is to check.
    private bool IsOurs(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        => certificate is not null && Address.IsLoopback;

    /// <summary>Resident bytes now.</summary>
    public long Memory()
    {
        string line = File.ReadLines($"/proc/{Process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }
}
