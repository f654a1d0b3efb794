using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orrery.Wire.Http;

/// <summary>How reading a request's body ended.</summary>
public abstract record RequestBody
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>The bytes exactly as they came.</summary>
    public sealed record Whole(ReadOnlyMemory<byte> Bytes) : RequestBody;

    /// <summary>More than the bound was announced or came. Answer with <see cref="Refusal.BodyTooLargeAsync"/>, which lets the client hear it.</summary>
    public sealed record TooLarge : RequestBody;

    /// <summary>
    /// Reads it all, up to a bound. The server's own bound is switched off for this request, because it would end the connection under
    /// a client that still sends, which then never sees the reason. The buffer grows with what came, not with what was announced, and
    /// is not pooled: an upstream connection may still read it when its request is over.
    /// </summary>
    /// <exception cref="BadHttpRequestException">The request ended early or its chunks are malformed.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext http, int maxBytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverBound)
            serverBound.MaxRequestBodySize = null;
        if (http.Request.ContentLength > maxBytes)
            return new TooLarge();

        byte[] buffer = new byte[Math.Min(http.Request.ContentLength + 1 ?? FirstBuffer, FirstBuffer)];
        int length = 0;
        while (true)
        {
            int read = await http.Request.Body.ReadAsync(buffer.AsMemory(length), http.RequestAborted);
            if (read == 0)
                return new Whole(buffer.AsMemory(0, length));
            length += read;
            if (length > maxBytes)
                return new TooLarge();
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, maxBytes + 1L));
        }
    }
}
