using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Resources.Standard;

namespace Orrery.Gateway.Tests.Fixtures;

/// <summary>A server written over sockets: the test says what becomes of each connection, down to how it ends.</summary>
internal sealed class SocketReplica : IReplica, IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Task _serving;
    private readonly List<Task> _connections = [];
    private int _accepted;
    private int _read;

    /// <param name="serve">Gets each connection with its number, from 1 on. What it leaves open is closed after it.</param>
    /// <param name="socket">True: on a unix socket, else on a loopback port.</param>
    public SocketReplica(Func<Connection, int, Task> serve, bool socket)
    {
        _listener = socket ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Address = socket ? $"/tmp/orr-{Guid.NewGuid():N}.sock" : "127.0.0.1";
        AddressType = socket ? EndpointSlice.Unix : EndpointSlice.IPv4;
        _listener.Bind(socket ? new UnixDomainSocketEndPoint(Address) : new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _serving = AcceptAsync(serve);
    }

    public string AddressType { get; }

    public string Address { get; }

    public int? Port => (_listener.LocalEndPoint as IPEndPoint)?.Port;

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Requests that were read whole.</summary>
    public int Read => Volatile.Read(ref _read);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
        await Task.WhenAll(_connections);
    }

    private async Task AcceptAsync(Func<Connection, int, Task> serve)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync();
                int number = Interlocked.Increment(ref _accepted);
                _connections.Add(ServeAsync(serve, new Connection(socket, () => Interlocked.Increment(ref _read)), number));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private static async Task ServeAsync(Func<Connection, int, Task> serve, Connection connection, int number)
    {
        await Task.Yield();
        try
        {
            await serve(connection, number);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
        connection.Close();
    }

    public sealed class Connection(Socket socket, Action wasRead)
    {
        /// <returns>False: the client closed.</returns>
        public async Task<bool> ReadRequestAsync()
        {
            byte[] buffer = new byte[64 * 1024];
            int length = 0;
            // Every body in these tests ends with a brace, and no header does.
            while (!buffer.AsSpan(0, length).EndsWith("}"u8))
            {
                int read = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (read == 0)
                    return false;
                length += read;
            }
            wasRead();
            return true;
        }

        /// <summary>Waits until a request is here, and leaves it unread.</summary>
        public async Task SeesRequestAsync() => await socket.ReceiveAsync(new byte[1], SocketFlags.Peek);

        public async Task SendAsync(string answer) => await socket.SendAsync(Encoding.UTF8.GetBytes(answer));

        public async Task WaitForCloseAsync()
        {
            while (await socket.ReceiveAsync(new byte[1024]) > 0)
            {
            }
        }

        public void Close() => socket.Dispose();
    }
}
