using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Orrery.Gateway.Routing;

namespace Orrery.Gateway.Relaying;

/// <summary>
/// HTTP/1.1 to replicas over TCP or unix sockets, and to servers elsewhere over TCP, in TLS for https, with a pool of connections for each
/// address. The two kinds share no pool: nobody reaches a replica by writing down its pool's name as a server elsewhere.
/// </summary>
internal sealed class UpstreamConnections : IDisposable
{
    public static readonly HttpRequestOptionsKey<UpstreamAddress> Address = new("orrery.upstream");

    // Names come to mean other addresses; a replica's never does.
    private static readonly TimeSpan ExternalLifetime = TimeSpan.FromMinutes(5);

    private readonly HttpMessageInvoker _replicas;
    private readonly HttpMessageInvoker _replicasOnce;
    private readonly HttpMessageInvoker _external;
    private readonly HttpMessageInvoker _externalOnce;

    /// <param name="trust">Which certificates of servers elsewhere are taken; null: the machine alone decides.</param>
    public UpstreamConnections(GatewayOptions options, RemoteCertificateValidationCallback? trust)
    {
        _replicas = Open(options, Timeout.InfiniteTimeSpan, trust: null);
        _replicasOnce = Open(options, TimeSpan.Zero, trust: null);
        _external = Open(options, ExternalLifetime, trust);
        _externalOnce = Open(options, TimeSpan.Zero, trust);
    }

    /// <param name="once">On a connection that had no request before and gets none after.</param>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, UpstreamAddress to, bool once, CancellationToken ct)
    {
        request.Options.Set(Address, to);
        var invoker = (to is UpstreamAddress.External, once) switch
        {
            (false, false) => _replicas,
            (false, true) => _replicasOnce,
            (true, false) => _external,
            (true, true) => _externalOnce,
        };
        return invoker.SendAsync(request, ct);
    }

    public void Dispose()
    {
        foreach (var invoker in new[] { _replicas, _replicasOnce, _external, _externalOnce })
            invoker.Dispose();
    }

    private static HttpMessageInvoker Open(GatewayOptions options, TimeSpan lifetime, RemoteCertificateValidationCallback? trust) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        PooledConnectionLifetime = lifetime,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trust },
        // An answer that nobody wants any more is cut at once: the replica should stop generating, not be read to its end.
        MaxResponseDrainSize = 0,
        ResponseDrainTimeout = TimeSpan.Zero,
        // Clients' headers may hold more than ASCII; as UTF-8 they go on as they came.
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ConnectCallback = ConnectAsync,
    });

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(Address, out var address))
            throw new InvalidOperationException("A request to a replica does not say to which.");
        var endPoint = address.EndPoint;
        var socket = endPoint switch
        {
            UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            IPEndPoint ip => new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
            // Of both families: which one a name leads to is seen when it is looked up.
            _ => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        };
        try
        {
            await socket.ConnectAsync(endPoint, ct);
            return new UpstreamStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
