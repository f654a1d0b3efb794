namespace Orrery.Gateway.Relaying;

/// <summary>Where server-sent events end: an empty line, with LF, CR LF or CR as the end of lines.</summary>
internal static class EventBorder
{
    /// <summary>Bytes up to the end of the last whole event; 0 when none is whole.</summary>
    public static int LastEnd(ReadOnlySpan<byte> bytes)
    {
        for (int end = bytes.Length; end >= 2; end--)
        {
            if (bytes[end - 1] == '\n' && (bytes[end - 2] == '\n' || (end >= 3 && bytes[end - 2] == '\r' && bytes[end - 3] == '\n')))
                return end;
            if (bytes[end - 1] == '\r' && bytes[end - 2] == '\r')
                return end;
        }
        return 0;
    }

    /// <summary>How many end among these bytes, whose lines all end alike.</summary>
    public static int Count(ReadOnlySpan<byte> bytes) => bytes.Count("\n\n"u8) + bytes.Count("\n\r\n"u8) + bytes.Count("\r\r"u8);
}
