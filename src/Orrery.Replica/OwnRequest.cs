using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orrery.Replica;

/// <summary>A request of the replica to itself. Without the framework's client, which nothing else here needs and which would have to be loaded for it.</summary>
internal static class OwnRequest
{
    private const string Unix = "unix:";

    /// <summary>Ends when the answer, whatever it is, has come in whole.</summary>
    /// <param name="address"><c>unix:/path</c> or <c>http://127.0.0.1:port</c>.</param>
    /// <param name="json">In ASCII.</param>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    public static async Task PostAsync(string address, string path, string json, CancellationToken ct)
    {
        bool isUnix = address.StartsWith(Unix, StringComparison.Ordinal);
        using var socket = isUnix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        EndPoint end = isUnix ? new UnixDomainSocketEndPoint(address[Unix.Length..]) : new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
        await socket.ConnectAsync(end, ct);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}"), ct);
        byte[] rest = new byte[4096];
        while (await stream.ReadAsync(rest, ct) > 0)
        {
        }
    }
}
