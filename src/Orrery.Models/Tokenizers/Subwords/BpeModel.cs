using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tokenizers.Subwords;

/// <summary>
/// Byte-pair encoding (arXiv 1508.07909): starting from characters, the neighbours of the lowest rank are joined, the leftmost of equals
/// first, until no two make a token. Long pieces take O(n log n).
/// </summary>
/// <param name="takesWholePieces">A piece that is a token is that token, whatever the merges say.</param>
internal sealed class BpeModel(Vocabulary vocabulary, BpeMerges merges, UnknownText unknown, bool takesWholePieces) : SubwordModel
{
    // Up to here looking at all pairs after each join is quicker than keeping a queue.
    private const int ShortPiece = 24;

    public override void Encode(string piece, List<int> ids)
    {
        if (takesWholePieces && vocabulary.TryFind(piece, out int whole))
        {
            ids.Add(whole);
            return;
        }
        var symbols = new List<int>(piece.Length);
        bool lastUnknown = false;
        for (int at = 0; at < piece.Length;)
        {
            var character = piece.AsSpan(at, Pattern.RuneLength(piece, at));
            if (vocabulary.TryFind(character, out int id))
            {
                symbols.Add(id);
                lastUnknown = false;
            }
            else
            {
                unknown.Encode(character, symbols, ref lastUnknown);
            }
            at += character.Length;
        }
        if (symbols.Count <= ShortPiece)
            JoinShort(symbols);
        else
            new BpeQueue(merges, symbols).JoinAll();
        ids.AddRange(symbols);
    }

    private void JoinShort(List<int> symbols)
    {
        while (true)
        {
            var (best, lowest, token) = (-1, int.MaxValue, 0);
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                if (merges.TryFind(symbols[i], symbols[i + 1], out int rank, out int joined) && rank < lowest)
                    (best, lowest, token) = (i, rank, joined);
            }
            if (best < 0)
                return;
            symbols[best] = token;
            symbols.RemoveAt(best + 1);
        }
    }
}
