using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Orrery.Gateway.Relaying;

/// <summary>The connection had been closed before the replica read the request: it may be sent again, on another connection to the same replica.</summary>
internal sealed class StaleConnectionException(Exception? cause = null) : IOException("The replica closed the connection before it read the request.", cause)
{
    public static bool IsIn(Exception? e) => e is StaleConnectionException || (e is not null && IsIn(e.InnerException));
}

/// <summary>
/// A connection to a replica that tells a request which came too late from one that failed.
/// <para>
/// A server may close a connection on which nothing happens, and a request that is on its way at that moment fails although nobody did
/// anything wrong. A server that dies over a request looks much the same, and to send that one again to the same server would be wrong. What
/// tells them apart: the connection was kept from an earlier answer, no byte of this answer has come, and either the end was there before the
/// request went out, or the request met a reset at once. Systems reset a connection when bytes arrive for nobody, or lie unread when
/// it is closed. A server that has read all of a request and is ended over it closes without a reset, unless it asks for one; then it gets the
/// request once more, which does no harm but the work.
/// </para>
/// </summary>
internal sealed class UpstreamStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    // A reset that answers a request comes within a round trip. One that comes later is of a server that gave up in the middle of its work.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    // An end may be seen before the reset that follows it, by the round trip at most.
    private static readonly TimeSpan ResetFollows = TimeSpan.FromMilliseconds(10);

    // Reads and writes come from two threads.
    private volatile bool _answered;
    private volatile bool _asked;
    private volatile bool _ended;
    private long _askedAt;

    private bool TooLate => _asked && _answered && Stopwatch.GetElapsedTime(Volatile.Read(ref _askedAt)) < AtOnce;

    // Of each answer and each of its pieces: the state of a wait is used again.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await base.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (TooLate && IsReset((e.InnerException as SocketException)?.SocketErrorCode))
        {
            throw new StaleConnectionException(e);
        }

        if (read > 0)
        {
            _answered = true;
            _asked = false;
        }
        else if (buffer.Length > 0)
        {
            _ended = true;
            Interlocked.MemoryBarrier();
            if (TooLate && (WasReset() || await WasResetSoonAsync(cancellationToken)))
                throw new StaleConnectionException();
        }
        return read;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _askedAt, Stopwatch.GetTimestamp());
        _asked = true;
        Interlocked.MemoryBarrier();
        if (_ended && _answered)
            throw new StaleConnectionException();
        try
        {
            await base.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (TooLate && IsReset((e.InnerException as SocketException)?.SocketErrorCode))
        {
            throw new StaleConnectionException(e);
        }
    }

    private async Task<bool> WasResetSoonAsync(CancellationToken ct)
    {
        await Task.Delay(ResetFollows, ct);
        return WasReset();
    }

    private bool WasReset()
        => IsReset((SocketError)(int)Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!);

    private static bool IsReset(SocketError? error)
        => error is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted or SocketError.NotConnected;
}
