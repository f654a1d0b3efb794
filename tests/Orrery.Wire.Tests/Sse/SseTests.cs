using System.IO.Pipelines;
using System.Text;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Wire.Tests.Sse;

public sealed class SseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("one event", "data: a\n\n", "message=a")]
    [InlineData("two events", "data: a\n\ndata: b\n\n", "message=a message=b")]
    [InlineData("CR LF", "data: a\r\n\r\ndata: b\r\n\r\n", "message=a message=b")]
    [InlineData("CR", "data: a\r\rdata: b\r\r", "message=a message=b")]
    [InlineData("no space", "data:a\n\n", "message=a")]
    [InlineData("only one space goes", "data:  a\n\n", "message= a")]
    [InlineData("data lines join", "data: a\ndata: b\n\n", "message=a\nb")]
    [InlineData("an empty first data line counts", "data\ndata: b\n\n", "message=\nb")]
    [InlineData("a type holds for one event", "event: x\ndata: a\n\ndata: b\n\n", "x=a message=b")]
    [InlineData("comments and other fields do not count", ": hi\nid: 5\nretry: 3\nfoo: bar\ndata: a\n\n", "message=a")]
    [InlineData("no data, no event", "event: x\n\n\n\ndata: a\n\n", "message=a")]
    [InlineData("a cut-off event is dropped", "data: a\n\ndata: b\n", "message=a")]
    [InlineData("a byte order mark is no text", "\uFEFFdata: a\n\n", "message=a")]
    [InlineData("text is UTF-8", "data: é漢😀\n\n", "message=é漢😀")]
    public async Task Reading(string because, string stream, string expected)
    {
        string whole = await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(stream)));
        string byteByByte = await ReadAsync(new Dribble(Encoding.UTF8.GetBytes(stream)));

        Assert.True(expected == whole, $"{because}: expected '{expected}', got '{whole}'");
        Assert.True(expected == byteByByte, $"{because}, byte by byte: expected '{expected}', got '{byteByByte}'");
    }

    [Theory]
    [InlineData("data: 0123456789012345678901234567890123456789")]
    [InlineData("data: 01234567890\ndata: 01234567890\ndata: 01234567890\n\n")]
    public async Task A_stream_without_an_end_of_event_is_bounded(string stream)
        => await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(stream)), maxEventBytes: 32));

    [Fact]
    public async Task What_is_written_is_read_back()
    {
        var stream = new MemoryStream();
        var pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        var writer = new SseWriter(pipe);

        await writer.WriteAsync(new Completion("i", 1, "m", [new("a\nb", null)]), WireJson.Wire.Completion, Ct);
        await writer.WriteAsync(OpenAIError.Invalid("p", "bad").ToUtf8(), Ct);
        await writer.DoneAsync(Ct);

        stream.Position = 0;
        string text = await ReadAsync(stream);
        Assert.Equal(
            """message={"id":"i","created":1,"model":"m","choices":[{"text":"a\nb","finish_reason":null,"index":0}],"object":"text_completion"} message={"error":{"message":"bad","type":"invalid_request_error","param":"p","code":"invalid_value"}} message=[DONE]""",
            text);
    }

    private static async Task<string> ReadAsync(Stream stream, int maxEventBytes = SseReader.DefaultMaxEventBytes)
    {
        var events = new List<string>();
        await foreach (var e in SseReader.ReadAsync(stream, Ct, maxEventBytes))
            events.Add($"{e.Type}={e.Data}");
        return string.Join(' ', events);
    }

    /// <summary>Gives one byte per read, as the worst network would.</summary>
    private sealed class Dribble(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
