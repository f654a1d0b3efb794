using System.Net;
using System.Net.Sockets;

namespace Orrery.Storage.Http;

/// <summary>The two things that a connection needs of the machine.</summary>
/// <param name="Resolve">Addresses of a host's name.</param>
/// <param name="Connect">A stream to one of them.</param>
public sealed record Network(Func<string, CancellationToken, Task<IPAddress[]>> Resolve, Func<IPEndPoint, CancellationToken, Task<Stream>> Connect)
{
    public static Network OfMachine { get; } = new(Dns.GetHostAddressesAsync, ConnectAsync);

    private static async Task<Stream> ConnectAsync(IPEndPoint to, CancellationToken ct)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(to, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
