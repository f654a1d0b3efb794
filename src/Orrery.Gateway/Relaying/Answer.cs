using Orrery.Wire.Sse;

namespace Orrery.Gateway.Relaying;

/// <summary>An answer on its way: what of it is here and not yet passed on.</summary>
internal sealed class Answer(HttpResponseMessage response, Stream stream, byte[] buffer, int length) : IDisposable
{
    private byte[] _buffer = buffer;

    public HttpResponseMessage Response => response;

    public int Status => (int)response.StatusCode;

    public bool IsStream { get; } = response.Content.Headers.ContentType?.MediaType == SseWriter.ContentType;

    /// <summary>Neither a length nor chunks, as HTTP/1.0 has it: the end and a break look the same.</summary>
    public bool EndsByClosing { get; } = response.Content.Headers.ContentLength is null && response.Headers.TransferEncodingChunked != true;

    /// <summary>A part of an event has been passed on.</summary>
    public bool InsideEvent { get; set; }

    /// <summary>False: it has no body at all.</summary>
    public bool Started { get; } = length > 0;

    public int Length { get; private set; } = length;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    public void Drop(int count)
    {
        _buffer.AsSpan(count, Length - count).CopyTo(_buffer);
        Length -= count;
    }

    /// <returns>False: that was all.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        if (Length == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = await stream.ReadAsync(_buffer.AsMemory(Length), ct);
        Length += read;
        return read > 0;
    }

    public void Dispose() => response.Dispose();
}
