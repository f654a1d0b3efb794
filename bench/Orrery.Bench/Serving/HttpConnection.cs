using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Orrery.Bench.Serving;

/// <summary>What came back.</summary>
/// <param name="Body">As it travelled: pieces of a chunked body keep their lengths between them. Valid until the next request.</param>
/// <param name="FirstByte">From the request's first byte to the body's first.</param>
internal readonly record struct HttpReply(int Status, ReadOnlyMemory<byte> Body, TimeSpan FirstByte, TimeSpan Whole)
{
    /// <summary>The last whole number behind a name in JSON; 0 without one.</summary>
    public int LastNumber(string name)
    {
        var body = Body.Span;
        byte[] quoted = Encoding.ASCII.GetBytes($"\"{name}\":");
        int at = body.LastIndexOf(quoted);
        return at >= 0 && Utf8Parser.TryParse(body[(at + quoted.Length)..].TrimStart((byte)' '), out int number, out _) ? number : 0;
    }
}

/// <summary>
/// One kept connection that asks one thing after the other. Knows of HTTP/1.1 what servers of models send, and costs a tenth of the framework's client: on
/// a machine of few processors what asks must not be what is measured.
/// </summary>
internal sealed class HttpConnection(Uri address) : IDisposable
{
    private const int MostBytes = 1 << 26;

    private Socket? _socket;
    private byte[] _buffer = new byte[1 << 16];

    private enum End
    {
        Kept,

        /// <summary>The server wants no further request on this connection.</summary>
        Closed,
    }

    /// <summary>The whole text of a request, to be sent as often as wanted.</summary>
    public static byte[] Post(Uri address, string path, string? key, string json) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\n{(key is null ? "" : $"Authorization: Bearer {key}\r\n")}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>Opens the connection where there is none, also when the server closed it after the answer before: some do after so many.</summary>
    /// <exception cref="InvalidOperationException">The server closed, or said what this does not understand.</exception>
    public async Task<HttpReply> AskAsync(byte[] request)
    {
        long start = Stopwatch.GetTimestamp();
        bool isNew = _socket is null;
        if (await TryAskAsync(request, start) is { } reply)
            return reply;
        Close();
        return (isNew ? null : await TryAskAsync(request, start)) ?? throw new InvalidOperationException($"{address} closed without an answer.");
    }

    public void Dispose() => Close();

    /// <summary>Null: the connection was closed before an answer began.</summary>
    private async Task<HttpReply?> TryAskAsync(byte[] request, long start)
    {
        if (_socket is null)
        {
            _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await _socket.ConnectAsync(address.Host, address.Port);
        }
        int filled = 0, body = 0;
        int? length = null;
        var end = End.Kept;
        var firstByte = TimeSpan.Zero;
        if (!await TrySendAsync(_socket, request))
            return null;
        while (true)
        {
            if (filled == _buffer.Length)
                Array.Resize(ref _buffer, filled < MostBytes ? filled * 2 : throw new InvalidOperationException($"An answer of more than {MostBytes} bytes."));
            int read = await ReceiveAsync(_socket, _buffer.AsMemory(filled));
            if (read == 0)
                return filled == 0 ? null : throw new InvalidOperationException($"{address} closed after {filled} bytes of an answer.");
            filled += read;

            if (body == 0)
            {
                int blank = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
                if (blank < 0)
                    continue;
                body = blank + 4;
                (length, end) = Header(Encoding.ASCII.GetString(_buffer, 0, blank + 2));
            }
            if (firstByte == TimeSpan.Zero && filled > body)
                firstByte = Stopwatch.GetElapsedTime(start);
            if (length is { } bytes ? filled - body >= bytes : _buffer.AsSpan(body, filled - body).EndsWith("0\r\n\r\n"u8))
                break;
        }
        if (end == End.Closed)
            Close();
        int status = int.Parse(Encoding.ASCII.GetString(_buffer, "HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        return new HttpReply(status, _buffer.AsMemory(body, filled - body), firstByte, Stopwatch.GetElapsedTime(start));
    }

    private static async Task<bool> TrySendAsync(Socket socket, byte[] request)
    {
        try
        {
            for (int sent = 0; sent < request.Length;)
                sent += await socket.SendAsync(request.AsMemory(sent));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    /// <returns>The body's length; null: it comes in pieces.</returns>
    private static (int? Length, End End) Header(string header)
    {
        string? length = Value("content-length");
        bool closes = string.Equals(Value("connection"), "close", StringComparison.OrdinalIgnoreCase);
        return (length is null ? null : int.Parse(length, CultureInfo.InvariantCulture), closes ? End.Closed : End.Kept);

        string? Value(string name)
        {
            int at = header.IndexOf($"\n{name}:", StringComparison.OrdinalIgnoreCase);
            return at < 0 ? null : header[(at + name.Length + 2)..header.IndexOf('\r', at)].Trim();
        }
    }
}
