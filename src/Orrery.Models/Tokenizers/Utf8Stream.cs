using System.Text;

namespace Orrery.Models.Tokenizers;

/// <summary>
/// Turns the bytes of one token after the other into text, each character given out when its last byte is there.
/// Bytes that can be no UTF-8 become U+FFFD. One per text; not safe to share between threads.
/// </summary>
public sealed class Utf8Stream
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <returns>What is certain by now; empty while a character is incomplete.</returns>
    public string Append(ReadOnlySpan<byte> bytes) => Decode(bytes, flush: false);

    /// <returns>U+FFFD for a character that was never completed, else nothing. The stream is then as new.</returns>
    public string Finish() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        // No more characters come out than bytes went in, and two for what was held back.
        const int OnStack = 256;
        int most = bytes.Length + 2;
        Span<char> chars = most <= OnStack ? stackalloc char[OnStack] : new char[most];
        return new string(chars[.._decoder.GetChars(bytes, chars, flush)]);
    }
}
