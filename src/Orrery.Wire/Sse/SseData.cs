namespace Orrery.Wire.Sse;

/// <summary>Finds the data of server-sent events in bytes that came, without copying them.</summary>
public static class SseData
{
    /// <summary>
    /// The data of the first event that has some. Of an event with several data lines the first counts: those of the model APIs have one, since JSON needs
    /// no line break.
    /// </summary>
    /// <param name="events">Whole events; what was looked at is cut off.</param>
    /// <returns>False: there is none any more.</returns>
    public static bool TryNext(ref ReadOnlyMemory<byte> events, out ReadOnlyMemory<byte> data)
    {
        while (!events.IsEmpty)
        {
            int end = events.Span.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? events : events[..end];
            events = end < 0 ? default : events[(end + 1)..];
            if (!line.Span.StartsWith("data:"u8))
                continue;
            data = line["data:"u8.Length..];
            data = data.Span.StartsWith(" "u8) ? data[1..] : data;
            return true;
        }
        data = default;
        return false;
    }
}
