using System.Net;
using System.Net.Sockets;

namespace Orrery.Local.Workloads;

/// <summary>
/// Ports for replicas. One that was given is not given again until 1024 others were: a replica that has not bound its port yet keeps it,
/// and a request that is still on its way to a replica that has gone meets nobody, not the replica of another service.
/// </summary>
internal sealed class ReplicaPorts(Func<int> draw)
{
    public const int Kept = 1024;

    // Few of the tens of thousands that the system draws from are ever held back.
    private const int MaxDraws = 1000;

    private readonly Lock _lock = new();
    private readonly Queue<int> _given = new();
    private readonly HashSet<int> _held = [];

    public ReplicaPorts()
        : this(DrawFree)
    {
    }

    /// <summary>Free a moment ago. If another program takes it first, the replica fails to start and is started again on another.</summary>
    /// <exception cref="IOException">The system has no port to give.</exception>
    public int Next()
    {
        lock (_lock)
        {
            for (int i = 0; i < MaxDraws; i++)
            {
                int port = draw();
                if (!_held.Add(port))
                    continue;
                _given.Enqueue(port);
                if (_given.Count > Kept)
                    _held.Remove(_given.Dequeue());
                return port;
            }
        }
        throw new IOException($"No free port in {MaxDraws} tries; the range of net.ipv4.ip_local_port_range is too small or used up.");
    }

    private static int DrawFree()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }
        catch (SocketException e)
        {
            throw new IOException($"No free port: {e.Message}", e);
        }
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
