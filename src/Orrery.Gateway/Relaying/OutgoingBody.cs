using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Orrery.Gateway.Relaying;

/// <summary>A request's body as it goes out: the bytes that came, or those before and after the model's name with another name between.</summary>
internal readonly record struct OutgoingBody(ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> Inserted = default, ReadOnlyMemory<byte> After = default)
{
    public long Length => (long)Before.Length + Inserted.Length + After.Length;

    /// <param name="modelAt">Where the body has the model's name, with its quotes.</param>
    public static OutgoingBody WithModel(ReadOnlyMemory<byte> body, Range modelAt, string model)
        => new(body[..modelAt.Start.Value], Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(model)}\""), body[modelAt.End.Value..]);

    /// <summary>For one sending; nothing is copied.</summary>
    public HttpContent ToContent()
    {
        HttpContent content = Inserted.IsEmpty ? new ReadOnlyMemoryContent(Before) : new SplicedContent(this);
        // What it is, whatever the client called it: curl -d calls everything a form, and engines refuse forms.
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private sealed class SplicedContent(OutgoingBody body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(body.Before, cancellationToken);
            await stream.WriteAsync(body.Inserted, cancellationToken);
            await stream.WriteAsync(body.After, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
