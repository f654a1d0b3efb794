using System.Buffers;
using System.Text.Json;

namespace Orrery.Models.Json;

/// <summary>
/// JSON as Python's library writes it: numbers that are not finite stand there as <c>Infinity</c>, <c>-Infinity</c> and <c>NaN</c>, which JSON does not
/// have. They count as null, and so as absent.
/// </summary>
internal static class PythonJson
{
    private static readonly SearchValues<byte> Marks = SearchValues.Create("\"\\IN-"u8);

    /// <exception cref="JsonException">It is no JSON in other ways.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, JsonDocumentOptions options)
    {
        try
        {
            return JsonDocument.Parse(utf8, options);
        }
        catch (JsonException) when (Replaced(utf8.Span) is { } plain)
        {
            return JsonDocument.Parse(plain, options);
        }
    }

    /// <summary>A copy with null in their places. Null: none is there.</summary>
    private static ReadOnlyMemory<byte>? Replaced(ReadOnlySpan<byte> utf8)
    {
        ArrayBufferWriter<byte>? plain = null;
        bool inText = false;
        int copied = 0;
        for (int at = 0; at < utf8.Length; at++)
        {
            int next = utf8[at..].IndexOfAny(Marks);
            if (next < 0)
                break;
            at += next;
            if (utf8[at] == (byte)'"')
                inText = !inText;
            else if (utf8[at] == (byte)'\\')
                at++;
            else if (!inText && LengthAt(utf8[at..]) is > 0 and var length)
            {
                plain ??= new ArrayBufferWriter<byte>(utf8.Length);
                plain.Write(utf8[copied..at]);
                plain.Write("null"u8);
                copied = at + length;
                at = copied - 1;
            }
        }
        plain?.Write(utf8[copied..]);
        return plain?.WrittenMemory;
    }

    private static int LengthAt(ReadOnlySpan<byte> text)
        => text.StartsWith("-Infinity"u8) ? 9 : text.StartsWith("Infinity"u8) ? 8 : text.StartsWith("NaN"u8) ? 3 : 0;
}
