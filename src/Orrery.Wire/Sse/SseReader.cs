using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Orrery.Wire.Sse;

/// <param name="Type"><c>message</c> unless the event names another.</param>
/// <param name="Data">The data lines, joined by line feeds.</param>
public sealed record SseEvent(string Type, string Data);

/// <summary>
/// Reads server-sent events: lines end in LF, CR LF or CR; <c>data</c> and <c>event</c> count, comments and other fields do not; an event
/// that the end of the stream cuts off is dropped. Format: the WHATWG HTML standard, "Server-sent events".
/// </summary>
public static class SseReader
{
    /// <summary>Longest line, and most data of one event, in bytes.</summary>
    public const int DefaultMaxEventBytes = 16 * 1024 * 1024;

    /// <exception cref="InvalidDataException">A line or an event is larger than the bound.</exception>
    public static async IAsyncEnumerable<SseEvent> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken ct, int maxEventBytes = DefaultMaxEventBytes)
    {
        string type = "";
        var data = new StringBuilder();
        bool hasData = false;
        await foreach (string line in LinesAsync(stream, maxEventBytes, ct))
        {
            if (line.Length == 0)
            {
                if (hasData)
                    yield return new SseEvent(type.Length == 0 ? "message" : type, data.ToString());
                (type, hasData) = ("", false);
                data.Clear();
                continue;
            }

            var (field, value) = Split(line);
            if (field == "event")
            {
                type = value;
            }
            else if (field == "data")
            {
                if (data.Length + value.Length > maxEventBytes)
                    throw new InvalidDataException($"An event of the stream is larger than {maxEventBytes} bytes.");
                data.Append(hasData ? "\n" : "").Append(value);
                hasData = true;
            }
        }
    }

    private static (string Field, string Value) Split(string line)
    {
        int colon = line.IndexOf(':');
        if (colon < 0)
            return (line, "");
        string value = line[(colon + 1)..];
        return (line[..colon], value.StartsWith(' ') ? value[1..] : value);
    }

    private static async IAsyncEnumerable<string> LinesAsync(Stream stream, int maxBytes, [EnumeratorCancellation] CancellationToken ct)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        bool afterReturn = false;
        bool first = true;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(ct);
                var rest = read.Buffer;
                while (TryLine(ref rest, ref afterReturn, out string line))
                {
                    yield return first ? line.TrimStart('\uFEFF') : line;
                    first = false;
                }
                if (rest.Length > maxBytes)
                    throw new InvalidDataException($"A line of the stream is longer than {maxBytes} bytes.");
                reader.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                    yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <param name="afterReturn">The last line ended in CR: a LF that follows belongs to it. A line is not held back until that is known.</param>
    private static bool TryLine(ref ReadOnlySequence<byte> rest, ref bool afterReturn, out string line)
    {
        line = "";
        if (afterReturn && !rest.IsEmpty)
        {
            if (rest.FirstSpan[0] == (byte)'\n')
                rest = rest.Slice(1);
            afterReturn = false;
        }

        var reader = new SequenceReader<byte>(rest);
        if (!reader.TryReadToAny(out ReadOnlySequence<byte> bytes, "\r\n"u8, advancePastDelimiter: false))
            return false;
        reader.TryRead(out byte end);
        afterReturn = end == (byte)'\r';
        line = Encoding.UTF8.GetString(bytes);
        rest = reader.UnreadSequence;
        return true;
    }
}
