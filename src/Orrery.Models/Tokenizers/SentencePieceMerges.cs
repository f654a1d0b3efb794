using System.Text;

namespace Orrery.Models.Tokenizers;

/// <summary>
/// Splits a text by SentencePiece's merge rule: starting from single characters, the two neighbours whose joint token has the
/// highest score are joined, the leftmost of equals first, until no two neighbours make a token. O(n log n) in the text's length.
/// <code>
///   ▁ O n c e     ->   ▁O n c e   ->   ▁O n ce   ->   ▁On ce   ->   ▁Once
/// </code>
/// </summary>
internal sealed class SentencePieceMerges(SentencePieceVocabulary vocabulary, string text)
{
    // Pieces form a list linked by index. A piece that was joined into its left neighbour has length 0.
    private readonly List<Piece> _pieces = [];
    
    // By score, the highest first, then from the left; in one number, since comparing tuples takes most of the time otherwise.
    private readonly PriorityQueue<Merge, long> _queue = new();

    private record struct Piece(int Start, int Length, int Previous, int Next);

    private readonly record struct Merge(int Left, int Right, int Length);

    /// <summary>Adds the ids to <paramref name="ids"/>; characters without a token become byte tokens, or <paramref name="unknown"/> where those lack too.</summary>
    public void Encode(List<int> ids, int? unknown)
    {
        SplitIntoCharacters();
        for (int i = 0; i + 1 < _pieces.Count; i++)
            Consider(i, i + 1);

        while (_queue.TryDequeue(out var merge, out _))
            Join(merge);

        for (int i = 0; i >= 0 && i < _pieces.Count; i = _pieces[i].Next)
            Emit(text.AsSpan(_pieces[i].Start, _pieces[i].Length), ids, unknown);
    }

    private void SplitIntoCharacters()
    {
        for (int at = 0; at < text.Length;)
        {
            // A surrogate without its other half counts as a character of its own.
            int length = char.IsSurrogatePair(text, at) ? 2 : 1;
            int index = _pieces.Count;
            bool last = at + length == text.Length;
            _pieces.Add(new Piece(at, length, index - 1, last ? -1 : index + 1));
            at += length;
        }
    }

    private void Consider(int left, int right)
    {
        if (left < 0 || right < 0)
            return;
        int length = _pieces[left].Length + _pieces[right].Length;
        if (vocabulary.TryFind(text.AsSpan(_pieces[left].Start, length), out int id))
            _queue.Enqueue(new Merge(left, right, length), ((long)Order(-vocabulary.ScoreOf(id)) << 32) | (uint)left);
    }

    /// <summary>An integer that compares as the number does: the bits of negative ones run backwards. Both zeros are one.</summary>
    private static int Order(float number)
    {
        int bits = BitConverter.SingleToInt32Bits(number + 0f);
        return bits < 0 ? bits ^ int.MaxValue : bits;
    }

    private void Join(Merge merge)
    {
        var (left, right) = (_pieces[merge.Left], _pieces[merge.Right]);

        // Outdated when either side has been joined or has grown since.
        if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != merge.Length)
            return;

        _pieces[merge.Left] = left with { Length = merge.Length, Next = right.Next };
        _pieces[merge.Right] = right with { Length = 0 };
        if (right.Next >= 0)
            _pieces[right.Next] = _pieces[right.Next] with { Previous = merge.Left };
        Consider(left.Previous, merge.Left);
        Consider(merge.Left, right.Next);
    }

    private void Emit(ReadOnlySpan<char> piece, List<int> ids, int? unknown)
    {
        if (vocabulary.TryFind(piece, out int id))
        {
            ids.Add(id);
            return;
        }

        // Only single characters get here: longer pieces exist because they are tokens.
        Span<byte> utf8 = stackalloc byte[4];
        int count = Encoding.UTF8.GetBytes(piece, utf8);
        foreach (byte value in utf8[..count])
        {
            if (vocabulary.ByteToken(value) is >= 0 and var byteToken)
                ids.Add(byteToken);
            else if (unknown is { } fallback)
                ids.Add(fallback);
        }
    }
}
