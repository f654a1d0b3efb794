using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orrery.Wire.Sse;

/// <summary>
/// Writes server-sent events as OpenAI streams use them: <c>data: JSON</c> and an empty line, each flushed, <c>data: [DONE]</c> last.
/// Format: the WHATWG HTML standard, "Server-sent events".
/// </summary>
public sealed class SseWriter(PipeWriter output)
{
    public const string ContentType = "text/event-stream";

    /// <summary>Compact JSON holds no line break, so one data line is enough.</summary>
    public async ValueTask WriteAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken ct)
    {
        output.Write("data: "u8);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = type.Options.Encoder }))
            JsonSerializer.Serialize(json, value, type);
        await EndAsync(ct);
    }

    /// <param name="json">One line.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        output.Write("data: "u8);
        output.Write(json.Span);
        await EndAsync(ct);
    }

    public ValueTask DoneAsync(CancellationToken ct) => WriteAsync("[DONE]"u8.ToArray(), ct);

    private async ValueTask EndAsync(CancellationToken ct)
    {
        output.Write("\n\n"u8);
        await output.FlushAsync(ct);
    }
}
