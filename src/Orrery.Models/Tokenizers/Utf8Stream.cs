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
        int count = _decoder.GetCharCount(bytes, flush);
        return string.Create(count, new Step(_decoder, bytes, flush), static (chars, step) => step.Decoder.GetChars(step.Bytes, chars, step.Flush));
    }

    private readonly ref struct Step(Decoder decoder, ReadOnlySpan<byte> bytes, bool flush)
    {
        public readonly Decoder Decoder = decoder;
        public readonly ReadOnlySpan<byte> Bytes = bytes;
        public readonly bool Flush = flush;
    }
}
