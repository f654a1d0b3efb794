using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orrery.Bench.Control;

/// <summary>The least that a server elsewhere must do: it lists its models, on connections that live.</summary>
internal sealed class ElsewhereServer : IDisposable
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"object\":\"list\",\"data\":[]}");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private long _asked;

    public ElsewhereServer()
    {
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    /// <summary>Questions so far.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var _ = client;
        byte[] buffer = new byte[8192];
        int held = 0;
        try
        {
            while (await client.ReceiveAsync(buffer.AsMemory(held)) is > 0 and var read)
            {
                held += read;
                for (int end = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8); end >= 0; end = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8))
                {
                    buffer.AsSpan(end + 4, held - end - 4).CopyTo(buffer);
                    held -= end + 4;
                    Interlocked.Increment(ref _asked);
                    await client.SendAsync(Answer);
                }
            }
        }
        catch (SocketException)
        {
            // It went away.
        }
    }
}
