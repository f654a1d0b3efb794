using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Gateway.Routing;

namespace Orrery.Gateway.Relaying;

/// <summary>HTTP/1.1 to replicas over TCP or unix sockets, with a pool of connections for each address.</summary>
internal static class UpstreamConnections
{
    public static readonly HttpRequestOptionsKey<UpstreamAddress> Address = new("orrery.upstream");

    public static HttpMessageInvoker Open(GatewayOptions options) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
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
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (endPoint is IPEndPoint)
                socket.NoDelay = true;
            await socket.ConnectAsync(endPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
