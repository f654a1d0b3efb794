using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Resources.Standard;

namespace Orrery.Gateway.Tests.Fixtures;

/// <summary>Answers each connection's first request with raw bytes and closes: for what no proper server would send.</summary>
internal sealed class RawReplica : IReplica, IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly bool _readsBody;
    private readonly Task _serving;

    /// <param name="readsBody">False: answers after the headers and closes under a client that still sends.</param>
    public RawReplica(string answer, bool readsBody = true)
    {
        _readsBody = readsBody;
        _listener.Start();
        _serving = ServeAsync(Encoding.UTF8.GetBytes(answer));
    }

    public string AddressType => EndpointSlice.IPv4;

    public string Address => "127.0.0.1";

    public int? Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync(byte[] answer)
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                var stream = connection.GetStream();
                await ReadRequestAsync(stream);
                await stream.WriteAsync(answer);
                connection.Client.Shutdown(SocketShutdown.Send);
                // Reading to the end lets the answer arrive before the connection goes.
                while (_readsBody && await stream.ReadAsync(new byte[1024]) > 0)
                {
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException or IOException)
        {
        }
    }

    /// <summary>Up to the closing brace that ends every body in these tests, or to the empty line that ends the headers.</summary>
    private async Task ReadRequestAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (!(_readsBody ? buffer.AsSpan(0, length).EndsWith("}"u8) : buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0))
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length));
            if (read == 0)
                return;
            length += read;
        }
    }
}
