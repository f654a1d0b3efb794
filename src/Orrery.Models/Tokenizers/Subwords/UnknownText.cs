using System.Text;

namespace Orrery.Models.Tokenizers.Subwords;

/// <summary>What becomes of a character that no token covers: its bytes where the vocabulary has them all, else the unknown token, else nothing.</summary>
/// <param name="Fuse">One unknown token for neighbours.</param>
internal sealed record UnknownText(Vocabulary Vocabulary, int? Token, bool ByteFallback, bool Fuse)
{
    /// <param name="lastUnknown">Whether the id added last stands for unknown text.</param>
    public void Encode(ReadOnlySpan<char> text, List<int> ids, ref bool lastUnknown)
    {
        Span<byte> utf8 = stackalloc byte[4];
        int count = Encoding.UTF8.GetBytes(text, utf8);
        if (ByteFallback && HasBytes(utf8[..count]))
        {
            foreach (byte value in utf8[..count])
                ids.Add(Vocabulary.ByteTokens[value]);
            lastUnknown = false;
            return;
        }
        if (Token is not { } unknown || (Fuse && lastUnknown))
            return;
        ids.Add(unknown);
        lastUnknown = true;
    }

    private bool HasBytes(ReadOnlySpan<byte> utf8)
    {
        foreach (byte value in utf8)
        {
            if (Vocabulary.ByteTokens[value] < 0)
                return false;
        }
        return true;
    }
}
