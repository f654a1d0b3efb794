using Orrery.Models.Tokenizers;

namespace Orrery.Replica.Answers;

/// <summary>Where each token of a text begins, in Unicode characters. A token that begins inside a character is said to begin with it.</summary>
internal sealed class TextOffset(Tokenizer tokenizer)
{
    private readonly Utf8Stream _characters = new();
    private int _whole;

    /// <summary>Of the next token of the text.</summary>
    public int Of(int token)
    {
        int offset = _whole;
        foreach (var _ in _characters.Append(tokenizer.BytesOf(token)).EnumerateRunes())
            _whole++;
        return offset;
    }
}
