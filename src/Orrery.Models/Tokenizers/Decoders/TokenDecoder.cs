using Orrery.Models.Tokenizers.PreTokenizers;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers.Decoders;

/// <summary>From a token, as the vocabulary writes it, to the bytes that it stands for in the middle of a text.</summary>
internal abstract class TokenDecoder
{
    /// <summary>Null: not this step's; the next one is asked.</summary>
    public abstract byte[]? Bytes(ref string token);

    public sealed class Replace(string what, string by) : TokenDecoder
    {
        public override byte[]? Bytes(ref string token)
        {
            token = token.Replace(what, by, StringComparison.Ordinal);
            return null;
        }
    }

    public sealed class ByteFallback : TokenDecoder
    {
        public override byte[]? Bytes(ref string token) => Vocabulary.ByteOf(token) is { } value ? [value] : null;
    }

    public sealed class Alphabet : TokenDecoder
    {
        public override byte[]? Bytes(ref string token) => ByteLevel.Unmark(token);
    }

    /// <summary>Tokens that continue a word carry a prefix; the others begin one, after a space.</summary>
    public sealed class WordPiece(string prefix) : TokenDecoder
    {
        public override byte[]? Bytes(ref string token)
        {
            token = token.StartsWith(prefix, StringComparison.Ordinal) && prefix.Length > 0 ? token[prefix.Length..] : " " + token;
            return null;
        }
    }
}
